"""Access tokens that do not run out, whoever else renews them (CONN-3, CONN-4)."""

import contextlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection as database
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator, running_emulator
from tests.support.programs import running_program

from partsemble.accounting.http import shared_client
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.provider import Reconnect, Refused, TryLater
from partsemble.accounting.queries.connections import get_connection, get_credentials
from partsemble.accounting.registry import Authorizer, make_authorizer
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.services.tokens import StoredTokens
from partsemble.accounting.types import ConnectionState, IssuedTokens, ProviderKey
from partsemble.database.clock import read_database_clock
from partsemble.database.encryption import unseal
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.kernel.secret import Secret

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN_PATH = "/oauth2/v1/tokens/bearer"
RIVALS = 3
THREADS = 4


@pytest.fixture
def server(settings: Settings, tmp_path: Path, cast: Cast) -> Iterator[Emulator]:
    """An emulator that gives out another refresh token at every refresh."""
    with running_emulator("--auto-consent", folder=tmp_path) as server:
        server.control("POST", "switches", {"refresh_rotation_seconds": 0})
        point_at(settings, server)
        connect(cast.owner)
        server.control("DELETE", "requests")
        yield server


def count_refreshes(server: Emulator) -> int:
    log = server.control("GET", "requests")["requests"]
    return sum(entry["path"] == TOKEN_PATH for entry in log)


def update_row(person: Person, **columns: object) -> None:
    with business_scope(person.business.id):
        Connection.objects.update(**columns)


def read_row(person: Person) -> Connection:
    with business_scope(person.business.id):
        return Connection.objects.get()


def leave_access(person: Person, *, seconds: float, of: float = 3600) -> None:
    """This will let the access token have so much left of the life that it was given."""
    ends_at = read_database_clock() + timedelta(seconds=seconds)
    update_row(
        person,
        access_token_issued_at=ends_at - timedelta(seconds=of),
        access_token_expires_at=ends_at,
    )


def end_access_token(person: Person) -> None:
    leave_access(person, seconds=1)


def authorize(person: Person) -> Authorizer:
    credentials = get_credentials(business_id=person.business.id)
    return make_authorizer(
        provider=ProviderKey.QBO, installation=credentials.installation, http=shared_client()
    )


def hold_tokens(
    person: Person, authorizer: Authorizer | None = None, claim_seconds: float = 30.0
) -> StoredTokens:
    return StoredTokens(
        credentials=get_credentials(business_id=person.business.id),
        authorizer=authorizer or authorize(person),
        claim_seconds=claim_seconds,
    )


class Between:
    """An authorizer to whom something happens after the provider answered and before we know."""

    def __init__(self, real: Authorizer, happen: Callable[[], object]) -> None:
        self._real = real
        self._happen = happen
        self.write_consent_url = real.write_consent_url
        self.exchange = real.exchange
        self.revoke = real.revoke

    def refresh(self, *, refresh_token: Secret) -> IssuedTokens:
        issued = self._real.refresh(refresh_token=refresh_token)
        self._happen()
        return issued


def test_a_token_with_life_left_is_used_as_it_is(cast: Cast, server: Emulator) -> None:
    with open_provider(business_id=cast.owner.business.id) as provider:
        assert provider.count_items() > 0
    assert count_refreshes(server) == 0
    assert get_connection(actor=cast.owner.actor).last_called_at is not None


def test_a_token_is_renewed_before_it_ends_and_the_rotated_one_is_kept(
    cast: Cast, server: Emulator
) -> None:
    end_access_token(cast.owner)
    before = read_row(cast.owner)
    with open_provider(business_id=cast.owner.business.id) as provider:
        provider.count_items()
    after = read_row(cast.owner)
    assert count_refreshes(server) == 1
    assert unseal(after.refresh_token) != unseal(before.refresh_token)
    assert after.token_generation == before.token_generation + 1
    assert after.refresh_token_issued_at
    assert before.refresh_token_issued_at
    assert after.refresh_token_issued_at > before.refresh_token_issued_at
    assert after.access_token_expires_at
    assert after.access_token_expires_at > read_database_clock() + timedelta(minutes=59)
    assert (after.refresh_claim, after.refresh_claimed_until) == (None, None)
    # And the next one works with what was kept.
    end_access_token(cast.owner)
    with open_provider(business_id=cast.owner.business.id) as provider:
        provider.count_items()
    assert count_refreshes(server) == 2


@pytest.mark.parametrize("ending", ["by the clock", "by their word"])
def test_rival_processes_and_threads_refresh_once(
    cast: Cast, server: Emulator, tmp_path: Path, ending: str
) -> None:
    arguments = ("-m", "tests.support.reader", str(cast.owner.business.id), str(THREADS))
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "partsemble.config.settings"}
    with contextlib.ExitStack() as stack:
        if ending == "by the clock":
            end_access_token(cast.owner)
        rivals = [
            stack.enter_context(
                running_program(
                    "python", *arguments, str(tmp_path), folder=tmp_path, environment=environment
                )
            )
            for _ in range(RIVALS)
        ]
        rivals[0].wait_for(
            lambda: len(list(tmp_path.glob("ready-*"))) == RIVALS, what="all rivals at the start"
        )
        if ending == "by their word":
            server.control("POST", "expire-access-tokens", {})
        # The answer takes its time, so that everybody meets the claim.
        server.control(
            "POST", "faults", {"kind": "delay", "delay_ms": 400, "path": TOKEN_PATH, "count": 9}
        )
        (tmp_path / "go").touch()
        for rival in rivals:
            rival.wait_for_line(f"read {THREADS * 3} times")
    assert count_refreshes(server) == 1
    assert get_connection(actor=cast.owner.actor).state is ConnectionState.ACTIVE


def test_others_go_on_with_a_living_token_while_one_renews(cast: Cast, server: Emulator) -> None:
    leave_access(cast.owner, seconds=60)
    rival = hold_tokens(cast.owner)
    old = unseal(read_row(cast.owner).access_token)
    seen = []
    tokens = hold_tokens(
        cast.owner, Between(authorize(cast.owner), lambda: seen.append(rival.get()))
    )
    assert tokens.get() != old
    assert seen == [old]
    assert count_refreshes(server) == 1


def test_a_claimant_that_died_is_replaced_with_the_same_old_token(
    cast: Cast, server: Emulator
) -> None:
    class PowerCutError(BaseException):
        pass

    def die() -> None:
        raise PowerCutError

    end_access_token(cast.owner)
    with pytest.raises(PowerCutError):
        hold_tokens(cast.owner, Between(authorize(cast.owner), die), claim_seconds=1.0).get()
    claimed_until = read_row(cast.owner).refresh_claimed_until
    assert claimed_until is not None
    token = hold_tokens(cast.owner).get()
    assert read_database_clock() >= claimed_until, (
        "the claim of the dead is respected until it ends"
    )
    assert token == unseal(read_row(cast.owner).access_token)
    assert count_refreshes(server) == 2
    with open_provider(business_id=cast.owner.business.id) as provider:
        assert provider.count_items() > 0


def test_a_claim_of_before_the_clock_was_set_back_keeps_nobody_waiting(
    cast: Cast, server: Emulator
) -> None:
    end_access_token(cast.owner)
    until = read_database_clock() + timedelta(hours=1)
    update_row(cast.owner, refresh_claim=uuid4(), refresh_claimed_until=until)
    token = hold_tokens(cast.owner).get()
    assert token == unseal(read_row(cast.owner).access_token)
    assert count_refreshes(server) == 1


def test_a_claimant_that_wakes_up_late_uses_what_was_stored_meanwhile(
    cast: Cast, server: Emulator
) -> None:
    end_access_token(cast.owner)
    rival = hold_tokens(cast.owner)
    late = hold_tokens(cast.owner, Between(authorize(cast.owner), rival.get), claim_seconds=0.0)
    token = late.get()
    row = read_row(cast.owner)
    assert token == rival.get() == unseal(row.access_token)
    assert row.token_generation == 2
    assert count_refreshes(server) == 2


def test_a_claimant_that_wakes_up_late_waits_for_who_took_over(
    cast: Cast, server: Emulator
) -> None:
    rival = iter([uuid4()])

    def be_overtaken() -> None:
        for claim in rival:
            until = read_database_clock() + timedelta(seconds=0.5)
            update_row(cast.owner, refresh_claim=claim, refresh_claimed_until=until)

    late = hold_tokens(cast.owner, Between(authorize(cast.owner), be_overtaken))
    rejected = late.get()
    assert late.renew(rejected=rejected) != rejected
    assert late.get() == unseal(read_row(cast.owner).access_token)
    assert count_refreshes(server) == 2


def test_a_token_with_a_short_life_is_renewed_in_its_last_tenth(
    cast: Cast, server: Emulator
) -> None:
    server.control("POST", "switches", {"access_token_seconds": 20})
    end_access_token(cast.owner)
    tokens = hold_tokens(cast.owner)
    first = tokens.get()
    assert count_refreshes(server) == 1
    assert tokens.get() == first
    leave_access(cast.owner, seconds=1.5, of=20)
    assert hold_tokens(cast.owner).get() != first
    assert count_refreshes(server) == 2


def test_a_late_claimant_whose_token_is_dead_goes_on_with_newer_ones(
    cast: Cast, server: Emulator
) -> None:
    def be_overtaken() -> None:
        rival.get()
        raise Reconnect(provider_code="invalid_grant")

    end_access_token(cast.owner)
    rival = hold_tokens(cast.owner)
    late = hold_tokens(cast.owner, Between(authorize(cast.owner), be_overtaken), claim_seconds=0.0)
    assert late.get() == rival.get()
    assert get_connection(actor=cast.owner.actor).state is ConnectionState.ACTIVE


def test_books_that_were_given_up_in_mid_run_are_not_taken_for_the_next_ones(
    cast: Cast, server: Emulator, tmp_path: Path
) -> None:
    tokens = hold_tokens(cast.owner)
    old = tokens.get()
    disconnect(actor=cast.owner.actor)
    with pytest.raises(Reconnect):
        tokens.renew(rejected=old)
    with running_emulator("--seed", "5", folder=tmp_path) as other:
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(other.ready).encode())
        with pytest.raises(Reconnect):
            tokens.renew(rejected=old)


def test_a_person_who_reconnects_meanwhile_wins(cast: Cast, server: Emulator) -> None:
    end_access_token(cast.owner)
    tokens = hold_tokens(cast.owner, Between(authorize(cast.owner), lambda: connect(cast.owner)))
    assert tokens.get() == unseal(read_row(cast.owner).access_token)
    assert read_row(cast.owner).token_generation == 2


def test_a_dead_refresh_token_expires_the_connection_and_loses_nothing(
    cast: Cast, server: Emulator
) -> None:
    server.control("POST", "revoke", {})
    business_id = cast.owner.business.id
    with pytest.raises(Reconnect), open_provider(business_id=business_id) as provider:
        provider.count_items()
    view = get_connection(actor=cast.owner.actor)
    assert view.state is ConnectionState.EXPIRED
    assert view.last_error_code == "provider_reconnect"
    line = list_activity(actor=cast.owner.actor)[0]
    assert (line.actor_label, line.verb) == ("Partsemble", "lost permission for")
    with pytest.raises(Reconnect), open_provider(business_id=business_id):
        raise AssertionError("opened")
    assert connect(cast.owner).id == view.id
    with open_provider(business_id=business_id) as provider:
        assert provider.count_items() > 0


def test_an_outage_of_the_token_endpoint_is_no_expiry(cast: Cast, server: Emulator) -> None:
    end_access_token(cast.owner)
    business_id = cast.owner.business.id
    fault = {"kind": "status", "status": 503, "path": TOKEN_PATH, "count": 1}
    server.control("POST", "faults", fault)
    tokens = hold_tokens(cast.owner)
    with pytest.raises(TryLater):
        tokens.get()
    row = read_row(cast.owner)
    assert (row.state, row.refresh_claim) == (ConnectionState.ACTIVE.value, None)
    with open_provider(business_id=business_id) as provider:
        assert provider.count_items() > 0


def test_keys_that_the_provider_does_not_know_are_no_expiry(
    cast: Cast, server: Emulator, settings: Settings
) -> None:
    end_access_token(cast.owner)
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "client_secret": "mistyped"}
    business_id = cast.owner.business.id
    with pytest.raises(Refused), open_provider(business_id=business_id) as provider:
        provider.count_items()
    view = get_connection(actor=cast.owner.actor)
    assert view.state is ConnectionState.ACTIVE
    assert view.last_error_code == "provider_refused"


def test_a_provider_is_not_called_inside_a_scope(cast: Cast, server: Emulator) -> None:
    with (
        open_provider(business_id=cast.owner.business.id) as provider,
        business_scope(cast.owner.business.id),
        pytest.raises(AssertionError, match="never called inside a scope"),
    ):
        provider.count_items()


def test_threads_that_read_ahead_leave_no_database_connection_behind(
    cast: Cast, server: Emulator
) -> None:
    left_open: list[bool] = []

    def read() -> None:
        tokens.get()
        left_open.append(database.connection is not None)

    end_access_token(cast.owner)
    tokens = hold_tokens(cast.owner)
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(read).result()
    assert left_open == [False]
    assert count_refreshes(server) == 1
