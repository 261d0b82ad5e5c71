"""Connections to books, and the consents that are being asked for."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from partsemble.accounting.rules import LIVE_STATES
from partsemble.accounting.types import ConnectionState, InventoryMode, ProviderKey
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.database.sealed import SealedField

HASH_LENGTH = 64
"""SHA-256 in hexadecimal digits."""
_IS_LIVE = models.Q(state__in=sorted(state.value for state in LIVE_STATES))


class Connection(BusinessOwned):
    """Our OAuth link to one set of books; one row per company that was ever connected.

    Tokens and the client secret are sealed (`database.encryption`). `token_generation` grows
    with every pair of tokens that is stored; `refresh_claim` is the fence of whoever renews
    them now (CONN-3, `services.tokens`).
    """

    COMPANY_COLUMN = "company_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in ProviderKey]
    )
    environment = models.CharField(max_length=200)
    company_id = models.CharField(max_length=64)
    company_name = models.CharField(max_length=200)
    country = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3)
    offering = models.CharField(max_length=100, blank=True)
    is_multicurrency = models.BooleanField(default=False)
    tracks_quantity = models.BooleanField(default=False)
    has_own_numbers = models.BooleanField(default=False)
    takes_adjustments = models.BooleanField(default=False)
    books_closed_until = models.DateField(null=True)
    inventory_mode = models.CharField(
        max_length=16,
        choices=[(each.value, each.value) for each in InventoryMode],
        blank=True,
    )
    """Empty: as the books allow."""
    start_number = models.PositiveBigIntegerField(default=0)
    """Of the last stock entry before the start line: none of those goes into the books (EXP-0)."""
    has_stragglers = models.BooleanField(default=True)
    """Whether linked products may be behind their items, which changed in Partsemble-only mode."""
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in ConnectionState]
    )
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    connected_by_label = models.CharField(max_length=200)
    connected_at = models.DateTimeField()

    client_id = models.CharField(max_length=200)
    """As whom consent was asked for; tokens belong to it and are worth nothing to another."""
    client_secret = SealedField()

    access_token = SealedField(blank=True)
    access_token_issued_at = models.DateTimeField(null=True)
    access_token_expires_at = models.DateTimeField(null=True)
    refresh_token = SealedField(blank=True)
    refresh_token_issued_at = models.DateTimeField(null=True)
    refresh_token_expires_at = models.DateTimeField(null=True)
    token_generation = models.PositiveIntegerField(default=0)
    refresh_claim = models.UUIDField(null=True)
    refresh_claimed_until = models.DateTimeField(null=True)

    last_called_at = models.DateTimeField(null=True)
    last_error_code = models.CharField(max_length=64, blank=True)
    last_error_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager["Connection"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """The database keeps the rules of CONN-7 over all businesses."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "environment", "company_id"],
                condition=_IS_LIVE,
                name="connection_one_business_per_company",
            ),
            models.UniqueConstraint(
                fields=["business"], condition=_IS_LIVE, name="connection_one_live_per_business"
            ),
            models.UniqueConstraint(
                fields=["business", "provider", "environment", "company_id"],
                name="connection_one_row_per_company",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[each.value for each in ConnectionState]),
                name="connection_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ConnectionState.ACTIVE.value)
                | ~models.Q(access_token="") & ~models.Q(refresh_token=""),
                name="connection_active_has_tokens",
            ),
            models.CheckConstraint(
                condition=models.Q(refresh_claim__isnull=True, refresh_claimed_until__isnull=True)
                | models.Q(refresh_claim__isnull=False, refresh_claimed_until__isnull=False),
                name="connection_claim_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} ({self.state})"


class AuthorizationRequest(BusinessOwned):
    """A consent that a person was sent to give (CONN-1).

    The `state` of OAuth 2.0, kept as a hash, bound to the person and to their session, and used
    up by the deletion of its row. The answer comes to one address for all businesses, so the
    row is visible to its user.
    """

    USER_LOOKUP = "user_id"
    USER_POLICY = '"user_id" = {user}'

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=16)
    state_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    session_hash = models.CharField(max_length=HASH_LENGTH)
    expires_at = models.DateTimeField()

    objects: ClassVar[ScopedManager["AuthorizationRequest"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """As its base."""

    def __str__(self) -> str:
        return f"{self.provider} until {self.expires_at:%H:%M}"
