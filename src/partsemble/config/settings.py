"""Django's settings, put together from the environment (`config.environment`)."""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from partsemble.accounting.errors import EnvironmentUnknown
from partsemble.accounting.registry import list_authorize_origins
from partsemble.config.environment import (
    BadSetting,
    parse_database_url,
    read_environment,
    sqlite_settings,
)
from partsemble.config.keys import load_secret_keys
from partsemble.config.logs import configure_logs
from partsemble.config.static import EDITION_PATTERN, compute_edition, list_static_directories

_environment = read_environment()
_here = Path(__file__).resolve().parent.parent
_web = _here / "web"

# ── What the environment says ────────────────────────────────────────────────────────────────
DATA_DIR = Path(_environment.get("DATA_DIR")).resolve()
BASE_URL = _environment.get("BASE_URL").rstrip("/")
DEBUG = _environment.get_switch("DEBUG")
_is_https = BASE_URL.startswith("https://")

PARTSEMBLE_SECRET_KEYS = load_secret_keys(environment=_environment, directory=DATA_DIR)
SECRET_KEY, *SECRET_KEY_FALLBACKS = PARTSEMBLE_SECRET_KEYS
PARTSEMBLE_SYNC_LOCK_SECONDS = _environment.get_number("SYNC_LOCK_SECONDS")
PARTSEMBLE_SYNC_PLAN_DAYS = _environment.get_number("SYNC_PLAN_DAYS")
PARTSEMBLE_CALL_LOG_DAYS = _environment.get_number("CALL_LOG_DAYS")
PARTSEMBLE_QBO = {
    "client_id": _environment.get("QBO_CLIENT_ID"),
    "client_secret": _environment.get("QBO_CLIENT_SECRET"),
    "environment": _environment.get("QBO_ENVIRONMENT"),
    "webhook_verifier": _environment.get("QBO_WEBHOOK_VERIFIER"),
}
PARTSEMBLE_QBO_MONTHLY_READS = _environment.get_number("QBO_MONTHLY_READS")
try:
    _authorize_origins = list_authorize_origins(qbo_environment=PARTSEMBLE_QBO["environment"])
except EnvironmentUnknown as error:
    raise BadSetting(
        "PARTSEMBLE_QBO_ENVIRONMENT must be production, sandbox, or the URL of a discovery "
        f"document, not {PARTSEMBLE_QBO['environment']!r}."
    ) from error

# ── Databases ────────────────────────────────────────────────────────────────────────────────
_url = _environment.get("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": (
        parse_database_url(_url) if _url else sqlite_settings(DATA_DIR / "partsemble.sqlite3")
    )
}
if _owner_url := _environment.get("MIGRATION_DATABASE_URL"):
    DATABASES["owner"] = parse_database_url(_owner_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Apps ─────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "partsemble.config.apps.StaffConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton",
    "django_htmx",
    "partsemble.database",
    "partsemble.jobs",
    "partsemble.identity",
    "partsemble.locks",
    "partsemble.accounting",
    "partsemble.catalog",
    "partsemble.stock",
    "partsemble.sync",
    "partsemble.files",
    "partsemble.api",
    "partsemble.web",
]

# ── Requests ─────────────────────────────────────────────────────────────────────────────────
ALLOWED_HOSTS = [BASE_URL.split("://", 1)[-1].split(":", 1)[0].split("/", 1)[0], "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "partsemble.config.urls"
WSGI_APPLICATION = "partsemble.config.wsgi.application"
MIDDLEWARE = [
    "partsemble.web.middleware.SupportCodeMiddleware",
    "partsemble.api.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partsemble.web.middleware.FormSizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "partsemble.web.middleware.FragmentMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Ours come first, so that they replace those of allauth; each screen area has its own.
        "DIRS": [_web / "templates", *sorted(_web.glob("*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partsemble.web.context.frame",
            ],
        },
    }
]
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees what it is given, and nothing else
APPEND_SLASH = True
CSRF_FAILURE_VIEW = "partsemble.web.errors.csrf_failure"

# ── People ───────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "partsemble.identity.second_factor.SealedSecrets"
MFA_TOTP_ISSUER = "Partsemble"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are not verified, and a second factor helps anyway
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = _environment.get_number("PROXIES", least=0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}

# ── Cookies and headers ──────────────────────────────────────────────────────────────────────
SESSION_COOKIE_NAME = "partsemble_session"
CSRF_COOKIE_NAME = "partsemble_csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = False  # the proxy in front does it, and health checks come without TLS
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _is_https
SECURE_HSTS_PRELOAD = _is_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    # A form that answers with a redirect counts as leading there.
    "form-action": [CSP.SELF, *_authorize_origins],
}

# ── Words, numbers, files ────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATICFILES_DIRS = list_static_directories(_web)
STATIC_URL = "/static/" if DEBUG else f"/static/{compute_edition(STATICFILES_DIRS)}/"
STATIC_ROOT = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = EDITION_PATTERN

# ── The staff's pages ────────────────────────────────────────────────────────────────────────
UNFOLD = {
    "SITE_TITLE": "Partsemble staff",
    "SITE_HEADER": "Partsemble staff",
    "SITE_SUBHEADER": "Look, and change nothing",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "partsemble.config.staff.find_mark"}
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": ["partsemble.config.staff.find_styles"],
    "SCRIPTS": ["partsemble.config.staff.find_copying", "partsemble.config.staff.find_landmarks"],
    "SIDEBAR": {"show_search": False, "show_all_applications": False},
}

LOGGING_CONFIG = None
configure_logs(layout=_environment.get("LOG_FORMAT"), level=_environment.get("LOG_LEVEL").upper())
