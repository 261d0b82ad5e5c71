"""Tables of identity."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, Scoped, ScopedManager
from partsemble.identity.rules import TOKEN_PREFIX_LENGTH
from partsemble.identity.types import Feature, Role
from partsemble.identity.users import UserManager

SLUG_COLUMN_LENGTH = 50
NAME_LENGTH = 120
"""Enough for a registered company name; what is longer breaks every header."""
TOKEN_NAME_LENGTH = 60
HASH_LENGTH = 64
"""SHA-256 in hexadecimal digits."""


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail and password (BIZ-3).

    Django's own groups and permissions serve the staff pages only; what a person may do in a
    business comes from the membership.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True, error_messages={"unique": "This address is taken."})
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager["User"]()

    class Meta:
        """Addresses that differ in case alone are one address."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Business(Scoped):
    """The tenant (BIZ-1)."""

    BUSINESS_COLUMN = "id"
    USER_LOOKUP = "memberships__user_id"
    USER_POLICY = '"id" IN (SELECT business_id FROM identity_membership WHERE user_id = {user})'

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    slug = models.SlugField(max_length=SLUG_COLUMN_LENGTH, unique=True)
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["Business"]] = ScopedManager()

    class Meta(Scoped.Meta):
        """The plural that English has."""

        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.name


class Membership(BusinessOwned):
    """What a user is in a business."""

    USER_LOOKUP = "user_id"
    USER_POLICY = '"user_id" = {user}'

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey(
        Business, on_delete=models.PROTECT, editable=False, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=[(role.value, role.title()) for role in Role])
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["Membership"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """The database keeps the rule of exactly one owner."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["business"],
                condition=models.Q(role=Role.OWNER.value),
                name="membership_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role}"


class ApiToken(BusinessOwned):
    """A key by which a program acts for a person in one business (API-1).

    The secret is kept as a hash. A call shows the secret before anybody knows whose it is, so
    its row is visible to that hash alone. `window_calls` counts since `window_started_at`.
    """

    BEARER_COLUMN = "token_hash"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=TOKEN_NAME_LENGTH)
    prefix = models.CharField(max_length=TOKEN_PREFIX_LENGTH)
    token_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    window_started_at = models.DateTimeField(null=True)
    window_calls = models.PositiveIntegerField(default=0)

    objects: ClassVar[ScopedManager["ApiToken"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read newest first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "-created_at"], name="api_token_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class BusinessFeature(BusinessOwned):
    """A feature that is switched on; without a row it is off (BIZ-4)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    feature = models.CharField(
        max_length=32, choices=[(each.value, each.value) for each in Feature]
    )
    switched_on_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["BusinessFeature"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """On is on."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "feature"], name="business_feature_once"),
        ]

    def __str__(self) -> str:
        return self.feature


class Activity(BusinessOwned):
    """One line of a business's activity log: who did what to which record (BIZ-5).

    `changes` are triples of a field, what it was and what it became.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list)

    objects: ClassVar[ScopedManager["Activity"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read newest first: all of it, and what was done to one record."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "-recorded_at"], name="activity_newest"),
            models.Index(
                fields=["subject_id", "-recorded_at", "-id"],
                condition=models.Q(subject_id__isnull=False),
                name="activity_of_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.subject_label}"
