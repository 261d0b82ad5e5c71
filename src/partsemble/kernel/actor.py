"""Who does something, for which business, and what they may do."""

from dataclasses import dataclass

from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or Partsemble itself when `user_id` is None, acting for one business.

    Permissions are resolved once, when the actor is made; every service and query that takes
    an actor asks it before doing anything.
    """

    business_id: BusinessId
    user_id: UserId | None
    label: str
    permissions: frozenset[Permission]

    def is_allowed(self, permission: Permission) -> bool:
        """This will tell whether the actor holds the permission."""
        return permission in self.permissions

    def demand(self, permission: Permission) -> None:
        """This will let an actor with the permission pass.

        Raises:
            PermissionMissing: if the actor does not hold it.
        """
        if permission not in self.permissions:
            raise PermissionMissing(permission=permission, actor=self.label)
