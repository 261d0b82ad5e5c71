"""Everything that changes users, businesses, members, tokens and features."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from math import ceil

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import bearer_scope, business_scope
from partsemble.identity.errors import (
    BusinessNotFound,
    EmailTaken,
    MembershipExists,
    TokenExpired,
    TokenNotFound,
    TokenUnknown,
    TooManyCalls,
)
from partsemble.identity.models import (
    TOKEN_NAME_LENGTH,
    ApiToken,
    Business,
    BusinessFeature,
    Membership,
    User,
)
from partsemble.identity.queries import get_actor_by_id, read_scopes
from partsemble.identity.rules import (
    TOKEN_PREFIX_LENGTH,
    TOKEN_RANDOM_BYTES,
    choose_slug,
    hash_token,
    make_token,
)
from partsemble.identity.services.activity import record_activity
from partsemble.identity.types import BusinessView, Feature, IssuedToken, Role, TokenCall, UserView
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import BusinessId, TokenId, UserId
from partsemble.kernel.permissions import Permission
from partsemble.kernel.secret import Secret

NAME_LENGTH = 120
SLUG_ATTEMPTS = 20
"""How often a short name that was taken in the same moment is chosen again."""
TOKEN_CALLS = 600
TOKEN_WINDOW_SECONDS = 60
"""Calls that one token gets within a window: ten a second is more than a script's polling or a
stock display needs, and leaves a small server room for its people."""


def create_user(*, email: str, password: str, name: str = "") -> UserView:
    """This will store a user who signs in with that address and password (BIZ-3).

    Raises:
        InvalidInput: if the password is too short or too common.
        EmailTaken: if the address is in use.
    """
    try:
        validate_password(password)
    except ValidationError as error:
        raise InvalidInput(
            field="password", problem=" ".join(error.messages), remedy="Choose a longer one."
        ) from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        raise EmailTaken(email=email) from error
    return UserView(id=UserId(user.id), email=user.email, name=user.name)


def create_business(
    *, user_id: UserId, name: str, currency: str = "USD", time_zone: str = "UTC"
) -> BusinessView:
    """This will store a business that the user owns (BIZ-1).

    Arguments:
        user_id: becomes the one owner.
        name: 1 to 120 characters.
        currency: ISO 4217 code; the connected company's replaces it later.
        time_zone: an IANA name.

    Raises:
        InvalidInput: if the name is empty or too long.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise InvalidInput(
            field="name",
            problem=f"A business name has 1 to {NAME_LENGTH} characters.",
            remedy="Shorten it.",
        )
    taken: set[str] = set()
    for _ in range(SLUG_ATTEMPTS):
        slug = choose_slug(name=name, taken=taken)
        business_id = BusinessId(new_id())
        try:
            with business_scope(business_id), transaction.atomic():
                Business.objects.create(
                    id=business_id, name=name, slug=slug, currency=currency, time_zone=time_zone
                )
                Membership.objects.create(business_id=business_id, user_id=user_id, role=Role.OWNER)
                return BusinessView(
                    id=business_id, name=name, slug=slug, currency=currency, time_zone=time_zone
                )
        except IntegrityError:
            # Another business has this short name; which one is behind the wall.
            taken.add(slug)
    raise InvalidInput(field="name", problem="That name is in use.", remedy="Add a word to it.")


def add_member(*, actor: Actor, user_id: UserId, role: Role) -> None:
    """This will let a user work in the actor's business.

    Raises:
        PermissionMissing: without *manage team*.
        InvalidInput: for a second owner.
        MembershipExists: if the user belongs to it already.
    """
    actor.demand(Permission.MANAGE_TEAM)
    if role is Role.OWNER:
        raise InvalidInput(
            field="role", problem="A business has one owner.", remedy="Choose another role."
        )
    try:
        with business_scope(actor.business_id), transaction.atomic():
            Membership.objects.create(business_id=actor.business_id, user_id=user_id, role=role)
    except IntegrityError as error:
        raise MembershipExists(user_id=user_id) from error


def adopt_company_terms(*, actor: Actor, currency: str) -> None:
    """This will give the business the home currency of the company it is connected to (BIZ-1).

    Arguments:
        currency: ISO 4217 code.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    with business_scope(actor.business_id):
        Business.objects.update(currency=currency)


def issue_token(
    *,
    actor: Actor,
    name: str,
    scopes: Collection[Permission],
    expires_at: datetime | None = None,
) -> IssuedToken:
    """This will make an API token with which a program acts for the actor (API-1).

    Arguments:
        actor: has to be a person; the token never does more than their role allows at the time.
        name: 1 to 60 characters that say which program it is for.
        scopes: what the program may do at most.
        expires_at: until when it is good; None: until it is revoked.

    Raises:
        PermissionMissing: without *manage settings*, or for a scope that the actor lacks.
        InvalidInput: for a bad name, no scope, or an end that has passed.
    """
    actor.demand(Permission.MANAGE_SETTINGS)
    if actor.user_id is None:
        raise AssertionError("A token belongs to a person.")
    for each in scopes:
        actor.demand(each)
    name = name.strip()
    _check_token_terms(name=name, scopes=scopes, expires_at=expires_at)
    secret = make_token(randomness=secrets.token_bytes(TOKEN_RANDOM_BYTES))
    with business_scope(actor.business_id), transaction.atomic():
        row = ApiToken.objects.create(
            business_id=actor.business_id,
            user_id=actor.user_id,
            name=name,
            prefix=secret.reveal()[:TOKEN_PREFIX_LENGTH],
            token_hash=hash_token(secret),
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
        record_activity(
            actor=actor, verb="issued", subject="API token", subject_id=row.id, subject_label=name
        )
    return IssuedToken(id=TokenId(row.id), name=name, secret=secret)


def _check_token_terms(
    *, name: str, scopes: Collection[Permission], expires_at: datetime | None
) -> None:
    if not 0 < len(name) <= TOKEN_NAME_LENGTH:
        raise InvalidInput(
            field="name",
            problem=f"A token's name has 1 to {TOKEN_NAME_LENGTH} characters.",
            remedy="Name the program that will use it.",
        )
    if not scopes:
        raise InvalidInput(
            field="scopes",
            problem="A token without a permission could do nothing.",
            remedy="Choose at least one.",
        )
    if expires_at is not None and expires_at <= read_database_clock():
        raise InvalidInput(
            field="expires_at",
            problem="A token can't end in the past.",
            remedy="Choose a later day.",
        )


def revoke_token(*, actor: Actor, token_id: TokenId) -> None:
    """This will end a token for good; its row stays, so that the log can be read.

    Raises:
        PermissionMissing: without *manage settings*.
        TokenNotFound: if the business has no such token in force.
    """
    actor.demand(Permission.MANAGE_SETTINGS)
    with business_scope(actor.business_id), transaction.atomic():
        rows = ApiToken.objects.filter(id=token_id, revoked_at__isnull=True)
        name = rows.values_list("name", flat=True).first()
        if name is None or not rows.update(revoked_at=DatabaseClock()):
            raise TokenNotFound(token_id=token_id)
        record_activity(
            actor=actor,
            verb="revoked",
            subject="API token",
            subject_id=token_id,
            subject_label=name,
        )


def use_token(*, token: Secret) -> TokenCall:
    """This will say for whom a call with that token acts, and count the call.

    Raises:
        TokenUnknown: if it never existed, was revoked, or its person has left.
        TokenExpired: if its time is over.
        TooManyCalls: if it was used `TOKEN_CALLS` times within a minute already.
    """
    token_hash = hash_token(token)
    with bearer_scope(token_hash):
        row = (
            ApiToken.objects.filter(revoked_at__isnull=True, user__is_active=True)
            .select_related("user")
            .first()
        )
        if row is None:
            raise TokenUnknown
        now = read_database_clock()
        if row.expires_at is not None and row.expires_at <= now:
            raise TokenExpired(expired_at=row.expires_at)
        if not _count_call():
            passed = (now - (row.window_started_at or now)).total_seconds()
            raise TooManyCalls(
                limit=TOKEN_CALLS, wait_seconds=max(1, ceil(TOKEN_WINDOW_SECONDS - passed))
            )
    try:
        person = get_actor_by_id(
            user_id=UserId(row.user_id), business_id=BusinessId(row.business_id)
        )
    except BusinessNotFound as left:
        raise TokenUnknown from left
    scopes = read_scopes(row=row)
    actor = replace(
        person,
        label=f"{person.label[:NAME_LENGTH]} by the token {row.name}",
        permissions=person.permissions & scopes,
    )
    return TokenCall(actor=actor, scopes=scopes)


def _count_call() -> bool:
    """Count a call in the current window, or as the first of the next, if there is room."""
    begins = Q(window_started_at__isnull=True) | Q(
        window_started_at__lte=DatabaseClock(plus_seconds=-TOKEN_WINDOW_SECONDS)
    )
    counted = ApiToken.objects.filter(begins | Q(window_calls__lt=TOKEN_CALLS)).update(
        last_used_at=DatabaseClock(),
        window_calls=Case(When(begins, then=Value(1)), default=F("window_calls") + 1),
        window_started_at=Case(When(begins, then=DatabaseClock()), default=F("window_started_at")),
    )
    return counted == 1


def set_feature(*, actor: Actor, feature: Feature, is_on: bool) -> bool:
    """This will switch a feature on or off, and tell whether that changed anything (BIZ-4).

    Whoever knows what a feature changes calls it, in the transaction of what goes along.

    Raises:
        PermissionMissing: without *manage settings*.
    """
    actor.demand(Permission.MANAGE_SETTINGS)
    with business_scope(actor.business_id), transaction.atomic():
        switched = BusinessFeature.objects.filter(feature=feature.value)
        if switched.exists() == is_on:
            return False
        if is_on:
            BusinessFeature.objects.create(business_id=actor.business_id, feature=feature.value)
        else:
            switched.delete()
        record_activity(
            actor=actor,
            verb="switched on" if is_on else "switched off",
            subject="feature",
            subject_label=feature.value,
        )
    return True


def set_staff(*, email: str, is_staff: bool) -> UserView:
    """This will let a user open the staff's pages, or no longer; for the operator's command only.

    Raises:
        InvalidInput: if nobody signs in with that address.
    """
    address = email.strip().lower()
    if not User.objects.filter(email=address).update(is_staff=is_staff):
        raise InvalidInput(
            field="EMAIL",
            problem=f"Nobody signs in here as {address}.",
            remedy="Let them sign up first.",
        )
    user = User.objects.get(email=address)
    return UserView(id=UserId(user.id), email=user.email, name=user.name)
