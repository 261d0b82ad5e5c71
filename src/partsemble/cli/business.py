"""Which business a command works for."""

from partsemble.identity.errors import BusinessNotFound
from partsemble.identity.queries import get_owner, list_all_businesses
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput


def choose_owner(*, slug: str | None) -> Actor:
    """This will give the owner of the named business, or of the only one there is.

    Whoever can run commands on this machine holds the database already, so a command acts with
    the owner's permissions and is recorded under the owner's name.

    Raises:
        BusinessNotFound: if none has that short name.
        InvalidInput: if no name was given and there is not exactly one business.
    """
    found = {business.slug: business.id for business in list_all_businesses()}
    if slug is not None:
        if slug not in found:
            raise BusinessNotFound(slug=slug)
        return get_owner(business_id=found[slug])
    if len(found) != 1:
        raise InvalidInput(
            field="--business",
            problem=f"There are {len(found)} businesses here.",
            remedy="Name one with --business: " + (", ".join(sorted(found)) or "none yet") + ".",
        )
    return get_owner(business_id=next(iter(found.values())))
