"""Connecting a business to its books (CONN-1, CONN-5, CONN-7, CONN-10)."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings
from tests.support.books import SESSION, connect, follow, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.errors import (
    AuthorizationUnknown,
    CallbackIncomplete,
    CompanyTaken,
    ConsentDeclined,
    CurrencyDiffers,
    DifferentCompany,
    NotConnected,
    ProviderNotConfigured,
)
from partsemble.accounting.models.connections import AuthorizationRequest, Connection
from partsemble.accounting.provider import Reconnect, Refused
from partsemble.accounting.queries.connections import find_connection, get_connection
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.connections import (
    complete_connection,
    disconnect,
)
from partsemble.accounting.services.consent import begin_connection, redeem_state
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.types import Callback, ConnectionState, ConnectionView
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import unseal
from partsemble.database.scope import business_scope
from partsemble.identity.models import Business
from partsemble.identity.queries import get_business, list_activity
from partsemble.kernel.errors import InvalidInput, PermissionMissing
from partsemble.kernel.secret import Secret

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


def connect_by_file(person: Person, server: Emulator) -> ConnectionView:
    content = json.dumps(server.ready).encode()
    return connect_with_ready_file(actor=person.actor, content=content)


def read_row(person: Person) -> Connection:
    with business_scope(person.business.id):
        return Connection.objects.get()


def set_currency(person: Person, currency: str) -> None:
    with business_scope(person.business.id):
        Business.objects.update(currency=currency)


def list_verbs(person: Person) -> list[str]:
    return [line.verb for line in list_activity(actor=person.actor)]


def test_consent_connects_and_shows_whose_books_they_are(cast: Cast, emulator: Emulator) -> None:
    assert find_connection(actor=cast.owner.actor) is None
    view = connect(cast.owner)
    assert view == get_connection(actor=cast.builder.actor)
    assert view.state is ConnectionState.ACTIVE
    assert view.company_id == emulator.ready["realm_id"]
    assert view.company_name
    assert (view.country, view.currency) == ("US", "USD")
    assert view.offering == "QuickBooks Online Plus"
    assert view.connected_by == "Olivia Owner"
    assert view.provider_label == "QuickBooks"
    assert list_verbs(cast.owner) == ["connected"]
    assert find_connection(actor=cast.stranger.actor) is None


def test_tokens_are_sealed_and_nothing_of_them_shows(cast: Cast) -> None:
    view = connect(cast.owner)
    row = read_row(cast.owner)
    token = unseal(row.refresh_token).reveal()
    assert token.startswith("RT1-")
    assert token not in row.refresh_token
    assert token not in repr(view)
    assert unseal(row.access_token).reveal() not in repr(vars(row))
    assert unseal(row.client_secret).reveal() not in repr(vars(row))


def test_the_first_books_bring_their_currency(cast: Cast) -> None:
    set_currency(cast.owner, "NZD")
    connect(cast.owner)
    assert get_business(actor=cast.owner.actor).currency == "USD"


def test_only_who_manages_the_connection_may_connect(cast: Cast) -> None:
    for verb in (
        lambda: begin_connection(actor=cast.builder.actor, session_key=SESSION),
        lambda: complete_connection(
            actor=cast.builder.actor, callback=Callback(Secret("c"), "1", "")
        ),
        lambda: disconnect(actor=cast.builder.actor),
    ):
        with pytest.raises(PermissionMissing):
            verb()
    assert connect(cast.accountant).connected_by == "Ada Accountant"


def test_without_keys_of_an_app_nobody_is_sent_anywhere(cast: Cast, settings: Settings) -> None:
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "client_id": ""}
    with pytest.raises(ProviderNotConfigured):
        begin_connection(actor=cast.owner.actor, session_key=SESSION)


class TestState:
    """The answer counts once, for whoever asked, in the session that asked, for ten minutes."""

    def ask(self, cast: Cast) -> str:
        return follow(begin_connection(actor=cast.owner.actor, session_key=SESSION)).state

    def test_it_counts_once(self, cast: Cast) -> None:
        state = self.ask(cast)
        user_id = cast.owner.user.id
        actor = redeem_state(user_id=user_id, session_key=SESSION, state=state)
        assert actor == cast.owner.actor
        with pytest.raises(AuthorizationUnknown):
            redeem_state(user_id=user_id, session_key=SESSION, state=state)

    def test_not_in_another_session(self, cast: Cast) -> None:
        with pytest.raises(AuthorizationUnknown):
            redeem_state(user_id=cast.owner.user.id, session_key="another", state=self.ask(cast))

    @pytest.mark.parametrize("who", ["stranger", "accountant"])
    def test_not_for_another_person(self, cast: Cast, who: str) -> None:
        with pytest.raises(AuthorizationUnknown):
            redeem_state(
                user_id=getattr(cast, who).user.id, session_key=SESSION, state=self.ask(cast)
            )

    def test_not_after_ten_minutes(self, cast: Cast) -> None:
        state = self.ask(cast)
        with business_scope(cast.owner.business.id):
            AuthorizationRequest.objects.update(
                expires_at=read_database_clock() - timedelta(seconds=1)
            )
        with pytest.raises(AuthorizationUnknown):
            redeem_state(user_id=cast.owner.user.id, session_key=SESSION, state=state)
        self.ask(cast)
        with business_scope(cast.owner.business.id):
            assert AuthorizationRequest.objects.count() == 1, "old ones are cleared away"

    def test_it_is_kept_as_a_hash(self, cast: Cast) -> None:
        state = self.ask(cast)
        with business_scope(cast.owner.business.id):
            row = AuthorizationRequest.objects.get()
        assert state not in {row.state_hash, row.session_hash}
        assert SESSION not in {row.state_hash, row.session_hash}
        assert (
            timedelta(minutes=9) < row.expires_at - read_database_clock() <= timedelta(minutes=10)
        )


@pytest.mark.parametrize(
    ("callback", "refusal"),
    [
        (Callback(Secret(""), "", "access_denied"), ConsentDeclined),
        (Callback(Secret(""), "123", ""), CallbackIncomplete),
        (Callback(Secret("XAB"), "", ""), CallbackIncomplete),
        (Callback(Secret("XAB"), "1/../2", ""), CallbackIncomplete),
        (Callback(Secret("XAB-never-given"), "123", ""), Refused),
    ],
)
def test_answers_that_connect_nothing(
    cast: Cast, callback: Callback, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        complete_connection(actor=cast.owner.actor, callback=callback)
    assert find_connection(actor=cast.owner.actor) is None


def test_another_company_than_consented_to_gives_nothing(cast: Cast) -> None:
    answer = follow(begin_connection(actor=cast.owner.actor, session_key=SESSION))
    with pytest.raises(Reconnect):
        complete_connection(
            actor=cast.owner.actor, callback=replace(answer.callback, company_id="77")
        )


def test_reconnecting_changes_tokens_only(cast: Cast) -> None:
    first = connect(cast.owner)
    before = read_row(cast.owner)
    with business_scope(cast.owner.business.id):
        Connection.objects.update(state=ConnectionState.EXPIRED.value)
    with pytest.raises(Reconnect), open_provider(business_id=cast.owner.business.id):
        raise AssertionError("opened")
    second = connect(cast.accountant)
    after = read_row(cast.owner)
    assert second.id == first.id
    assert second.state is ConnectionState.ACTIVE
    assert second.connected_by == "Ada Accountant"
    assert after.access_token != before.access_token
    assert after.token_generation == before.token_generation + 1
    assert list_verbs(cast.owner) == ["reconnected", "connected"]


def test_one_company_belongs_to_one_business_which_stays_unnamed(cast: Cast) -> None:
    connect(cast.owner)
    with pytest.raises(CompanyTaken) as refusal:
        connect(cast.stranger)
    assert "Reed" not in str({**refusal.value.facts, "offered": ""})
    assert find_connection(actor=cast.stranger.actor) is None
    # The owner's own tokens still work: nothing was revoked.
    with open_provider(business_id=cast.owner.business.id) as provider:
        assert provider.count_items() > 0


def test_another_company_needs_disconnecting_first(cast: Cast, tmp_path: Path) -> None:
    lamps = connect(cast.owner)
    with running_emulator("--seed", "5", "--company", "Short Leg Chairs", folder=tmp_path) as other:
        with pytest.raises(DifferentCompany) as refusal:
            connect_by_file(cast.owner, other)
        assert refusal.value.facts == {
            "connected": lamps.company_name,
            "offered": "Short Leg Chairs",
        }
        assert get_connection(actor=cast.owner.actor) == lamps
        assert disconnect(actor=cast.owner.actor)
        chairs = connect_by_file(cast.owner, other)
        assert chairs.id != lamps.id
        assert chairs.company_name == "Short Leg Chairs"
        disconnect(actor=cast.owner.actor)
    assert connect(cast.owner).id == lamps.id, "the old company gets its old connection back"


def test_books_in_another_currency_are_refused_later(cast: Cast) -> None:
    connect(cast.owner)
    disconnect(actor=cast.owner.actor)
    set_currency(cast.owner, "NZD")
    with pytest.raises(CurrencyDiffers):
        connect(cast.owner)


def test_disconnecting_ends_the_permission_and_keeps_the_row(cast: Cast) -> None:
    view = connect(cast.owner)
    assert disconnect(actor=cast.owner.actor) is True
    row = read_row(cast.owner)
    assert (row.id, row.state) == (view.id, ConnectionState.DISCONNECTED.value)
    assert (row.access_token, row.refresh_token) == ("", "")
    assert find_connection(actor=cast.owner.actor) is None
    with pytest.raises(NotConnected), open_provider(business_id=cast.owner.business.id):
        raise AssertionError("opened")
    with pytest.raises(NotConnected):
        disconnect(actor=cast.owner.actor)
    assert list_verbs(cast.owner) == ["disconnected", "connected"]


def test_disconnecting_works_while_the_provider_is_away(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    with running_emulator("--auto-consent", folder=tmp_path) as server:
        point_at(settings, server)
        connect(cast.owner)
    assert disconnect(actor=cast.owner.actor) is False
    assert find_connection(actor=cast.owner.actor) is None


def test_a_ready_file_connects_and_keeps_its_own_app(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.PARTSEMBLE_QBO = {
        "client_id": "",
        "client_secret": "",
        "environment": "production",
        "webhook_verifier": "",
    }
    with running_emulator("--auto-consent", folder=tmp_path) as server:
        server.control("POST", "expire-access-tokens", {})
        view = connect_by_file(cast.owner, server)
        assert view.state is ConnectionState.ACTIVE
        row = read_row(cast.owner)
        assert row.client_id == server.ready["client_id"]
        assert server.ready["client_secret"] not in row.client_secret
        with open_provider(business_id=cast.owner.business.id) as provider:
            assert provider.count_items() > 0
        # Reconnecting asks the same server as the same app, whatever the settings say.
        assert connect(cast.owner).id == view.id


@pytest.mark.parametrize("content", [b"", b"[]", b'{"realm_id": "1"}', b'{"realm_id": 1}'])
def test_what_is_no_ready_file_is_refused_in_a_sentence(cast: Cast, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        connect_with_ready_file(actor=cast.owner.actor, content=content)
    assert str(refusal.value.facts["problem"]).startswith("That is no ready file: ")
