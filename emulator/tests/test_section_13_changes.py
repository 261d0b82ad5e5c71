"""python-quickbooks learns of changes: by change data capture, and by a signed notification."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.customer import Customer
from quickbooks.objects.item import Item

from conftest import running
from listener import listening
from public_clients import open_books

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


def test_13_python_quickbooks_captures_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, "--auto-consent") as server:
        books = open_books(server, monkeypatch)
        server.control("PATCH", "items/9", {"name": "Changed"})
        since = datetime.now(UTC) - timedelta(hours=24)
        changed = change_data_capture([Item, Customer], since, qb=books)
        assert [item.Name for item in changed.Item._object_list] == ["Changed"]
        assert not hasattr(changed, "Customer")
        with pytest.raises(QuickbooksException, match="older than fixed days"):
            change_data_capture([Item], since - timedelta(days=31), qb=books)


def test_13_python_quickbooks_trusts_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--auto-consent", "--webhook-url")
    with listening() as listener, running(tmp_path, *options, listener.url) as server:
        books = open_books(server, monkeypatch)
        server.control("PATCH", "switches", {"webhook_format": "event_notifications"})
        server.control("PATCH", "items/9", {"name": "Changed"})
        (heard,) = listener.wait_for(1)
        signature, verifier = heard.headers["intuit-signature"], server.ready["webhook_verifier"]
        body = heard.body.decode()
        assert books.validate_webhook_signature(body, signature, verifier)
        assert not books.validate_webhook_signature(body + " ", signature, verifier)
