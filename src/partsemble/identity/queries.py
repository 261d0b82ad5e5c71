"""Everything that reads identity."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope, staff_scope, user_scope
from partsemble.identity.errors import BusinessNotFound
from partsemble.identity.models import (
    Activity,
    ApiToken,
    Business,
    BusinessFeature,
    Membership,
    User,
)
from partsemble.identity.rules import DEFAULT_PERMISSIONS
from partsemble.identity.types import (
    ActivityView,
    BusinessView,
    Feature,
    FieldChange,
    MembershipView,
    Role,
    TokenView,
    UserView,
)
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, TokenId, UserId
from partsemble.kernel.permissions import Permission

STAFF_LOOK = "looked at"
"""The verb under which the activity log says that the installation's staff looked."""
STAFF_LOOKS_LIMIT = 5
ACTIVITY_LIMIT = 50
"""What fits a screen; older lines are for the page of the log."""


def list_memberships(*, user_id: UserId) -> tuple[MembershipView, ...]:
    """This will list the businesses that a user belongs to, by name, and the actor in each."""
    with user_scope(user_id):
        rows = Membership.objects.select_related("business", "user")
        return tuple(
            MembershipView(
                business=_view_business(row.business), role=Role(row.role), actor=_make_actor(row)
            )
            for row in rows.order_by("business__name", "id")
        )


def get_actor_by_id(*, user_id: UserId, business_id: BusinessId) -> Actor:
    """This will make the actor that a user is in a business, as their role is now.

    Raises:
        BusinessNotFound: if the user does not belong to it (any more).
    """
    with business_scope(business_id):
        row = Membership.objects.select_related("user").filter(user_id=user_id).first()
    if row is None:
        raise BusinessNotFound(business_id=business_id)
    return _make_actor(row)


def get_owner(*, business_id: BusinessId) -> Actor:
    """This will make the actor that the business's owner is; commands act as the owner."""
    with business_scope(business_id):
        row = Membership.objects.select_related("user").get(role=Role.OWNER)
    return _make_actor(row)


def get_business(*, actor: Actor) -> BusinessView:
    """This will show the business that the actor acts for."""
    with business_scope(actor.business_id):
        return _view_business(Business.objects.get())


def has_feature(*, business_id: BusinessId, feature: Feature) -> bool:
    """This will tell whether a business has switched a feature on (BIZ-4)."""
    with business_scope(business_id):
        return BusinessFeature.objects.filter(feature=feature.value).exists()


def list_all_businesses() -> tuple[BusinessView, ...]:
    """This will list every business by short name; for the operator's commands only."""
    with staff_scope():
        return tuple(_view_business(row) for row in Business.objects.order_by("slug"))


def find_user(*, email: str) -> UserView | None:
    """This will find the user who signs in with that address, in any case."""
    row = User.objects.filter(email=email.strip().lower()).first()
    return None if row is None else UserView(id=UserId(row.id), email=row.email, name=row.name)


def list_staff() -> tuple[UserView, ...]:
    """This will list who may open the staff's pages, by address; for the operator's command."""
    rows = User.objects.filter(is_staff=True).order_by("email")
    return tuple(UserView(id=UserId(row.id), email=row.email, name=row.name) for row in rows)


def list_tokens(*, actor: Actor) -> tuple[TokenView, ...]:
    """This will list the API tokens that were not revoked, newest first.

    Raises:
        PermissionMissing: without *manage settings*.
    """
    actor.demand(Permission.MANAGE_SETTINGS)
    with business_scope(actor.business_id):
        now = read_database_clock()
        rows = ApiToken.objects.filter(revoked_at__isnull=True).select_related("user")
        return tuple(
            TokenView(
                id=TokenId(row.id),
                name=row.name,
                prefix=row.prefix,
                scopes=read_scopes(row=row),
                person=str(row.user),
                created_at=row.created_at,
                expires_at=row.expires_at,
                last_used_at=row.last_used_at,
                is_expired=row.expires_at is not None and row.expires_at <= now,
            )
            for row in rows.order_by("-created_at", "-id")
        )


def read_scopes(*, row: ApiToken) -> frozenset[Permission]:
    """This will read what a token was given; a permission that exists no more is left out."""
    return frozenset(each for each in Permission if each in row.scopes)


def list_activity(*, actor: Actor, limit: int = ACTIVITY_LIMIT) -> tuple[ActivityView, ...]:
    """This will list what was done in the business, newest first (BIZ-5).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = Activity.objects.order_by("-recorded_at", "-id")[:limit]
        return tuple(map(_view_activity, rows))


def list_activity_of(
    *,
    actor: Actor,
    subject_id: UUID,
    without: Collection[str],
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[ActivityView, ...]:
    """This will list what was done to one record, newest first.

    Arguments:
        without: verbs that are left out.
        before: the instant and id of the line behind which to go on; None: from the newest.
        limit: most lines to give.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = Activity.objects.filter(subject_id=subject_id).exclude(verb__in=without)
        if before is not None:
            rows = rows.filter(recorded_before(instant=before[0], row_id=before[1]))
        return tuple(map(_view_activity, rows.order_by("-recorded_at", "-id")[:limit]))


def recorded_before(*, instant: datetime, row_id: UUID) -> Q:
    """This will be the condition that a line comes behind another one, newest first."""
    # The first condition says nothing new; it is the one that an index can start from.
    return Q(recorded_at__lte=instant) & (
        Q(recorded_at__lt=instant) | Q(recorded_at=instant, id__lt=row_id)
    )


def list_staff_looks(*, actor: Actor) -> tuple[ActivityView, ...]:
    """This will list who of the installation's staff looked lately, newest first.

    Raises:
        PermissionMissing: without *view sync log*.
    """
    actor.demand(Permission.VIEW_SYNC_LOG)
    with business_scope(actor.business_id):
        rows = Activity.objects.filter(verb=STAFF_LOOK).order_by("-recorded_at", "-id")
        return tuple(map(_view_activity, rows[:STAFF_LOOKS_LIMIT]))


def _view_activity(row: Activity) -> ActivityView:
    return ActivityView(
        recorded_at=row.recorded_at,
        actor_label=row.actor_label,
        verb=row.verb,
        subject=row.subject,
        subject_label=row.subject_label,
        id=row.id,
        changes=tuple(FieldChange(*each) for each in row.changes),
    )


def _make_actor(row: Membership) -> Actor:
    return Actor(
        business_id=BusinessId(row.business_id),
        user_id=UserId(row.user_id),
        label=str(row.user),
        permissions=DEFAULT_PERMISSIONS[Role(row.role)],
    )


def _view_business(row: Business) -> BusinessView:
    return BusinessView(
        id=BusinessId(row.id),
        name=row.name,
        slug=row.slug,
        currency=row.currency,
        time_zone=row.time_zone,
    )
