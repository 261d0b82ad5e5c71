"""What providers send us unasked: believing it, and reading it."""

from partsemble.accounting.registry import get_webhook_form, list_webhook_verifiers
from partsemble.accounting.types import ChangeNotice, ProviderKey


def get_signature_header(*, provider: ProviderKey) -> str:
    """This will name the header in which the provider signs."""
    return get_webhook_form(provider).signature_header


def get_body_limit(*, provider: ProviderKey) -> int:
    """This will say how many bytes the provider sends at most."""
    return get_webhook_form(provider).body_limit


def is_from_provider(*, provider: ProviderKey, body: bytes, signature: str) -> bool:
    """This will tell whether the provider signed these bytes; never, without a verifier token.

    Arguments:
        body: as it came, before anything decoded it.
        signature: the header's value, or nothing.
    """
    return get_webhook_form(provider).is_signed(
        body=body, signature=signature, verifiers=list_webhook_verifiers(provider)
    )


def read_notices(*, provider: ProviderKey, body: bytes) -> tuple[ChangeNotice, ...]:
    """This will read what the provider says; whoever calls has made sure that it is the provider.

    Raises:
        NoticeUnreadable: if we don't know the form.
    """
    return get_webhook_form(provider).read_notices(body=body)
