"""Everything that changes identity."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.errors import EmailTaken, MembershipExists
from partsemble.identity.models import Activity, Business, Membership, User
from partsemble.identity.rules import choose_slug
from partsemble.identity.types import BusinessView, Role, UserView
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.kernel.permissions import Permission

NAME_LENGTH = 120
SLUG_ATTEMPTS = 20
"""How often a short name that was taken in the same moment is chosen again."""


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


def record_activity(
    *,
    actor: Actor,
    verb: str,
    subject: str,
    subject_id: UUID | None = None,
    subject_label: str = "",
) -> None:
    """This will write one line into the business's activity log (BIZ-5).

    It belongs into the transaction of the change that it tells about.
    """
    with business_scope(actor.business_id):
        Activity.objects.create(
            business_id=actor.business_id,
            user_id=actor.user_id,
            actor_label=actor.label,
            verb=verb,
            subject=subject,
            subject_id=subject_id,
            subject_label=subject_label,
        )
