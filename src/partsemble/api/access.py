"""Who may call which operation: each says so in one line, and nothing is open by omission.

    @router.get("", auth=Token(needs=Permission.VIEW_INVENTORY), …)
    def list_accounting_items(request: ApiRequest, …) -> …:

An operation without `auth` of its own inherits `Undeclared`, which lets nobody in. A test walks
all operations, fails for one that declares nothing, and tries each as every role, without a
token, and with tokens of another business, revoked and expired ones.
"""

from typing import NoReturn, cast

from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from partsemble.api.errors import TokenTooNarrow
from partsemble.identity.errors import TokenMissing
from partsemble.identity.services import use_token
from partsemble.identity.types import TokenCall
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.kernel.secret import Secret


class ApiRequest(HttpRequest):
    """A request of a program whose token was found good for the operation."""

    actor: Actor


class Token(HttpAuthBase):
    """Lets a call pass whose token includes the permission, within its person's role now.

    The name is that of the scheme in the OpenAPI document. Without a permission (None) any token
    in force will do.
    """

    openapi_scheme = "bearer"
    openapi_description = "A token of one business, made under Settings → API tokens."

    def __init__(self, *, needs: Permission | None) -> None:
        super().__init__()
        self.permission = needs

    def __call__(self, request: HttpRequest) -> TokenCall:
        """This will find out who calls, count the call, and hold it against the permission.

        Raises:
            TokenMissing: if the request shows none.
            TokenUnknown, TokenExpired, TooManyCalls: as `use_token`.
            TokenTooNarrow: if the token was not given the permission.
            PermissionMissing: if its person's role does not include it.
        """
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise TokenMissing
        call = use_token(token=Secret(text.strip()))
        if self.permission is not None:
            if self.permission not in call.scopes:
                raise TokenTooNarrow(permission=self.permission)
            call.actor.demand(self.permission)
        cast("ApiRequest", request).actor = call.actor
        return call


class Undeclared(HttpAuthBase):
    """What an operation inherits that declares nothing: a closed door."""

    def __call__(self, request: HttpRequest) -> NoReturn:
        """This will let nobody in.

        Raises:
            TokenMissing: always.
        """
        del request
        raise TokenMissing
