"""Exchanging the key of stored secrets while everything runs (CONN-2)."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.db import connections
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.http import shared_client
from partsemble.accounting.models import Connection
from partsemble.accounting.queries.connections import get_credentials
from partsemble.accounting.registry import make_authorizer
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.tokens import StoredTokens
from partsemble.accounting.types import ProviderKey
from partsemble.cli.main import main
from partsemble.database import sealed
from partsemble.database.encryption import newest_key_id, seal, unseal
from partsemble.database.scope import business_scope
from partsemble.database.sealed import SealedField, count_by_key, reseal_values
from partsemble.identity.models import User
from partsemble.kernel.secret import Secret

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "a-first-key-" + "f" * 32, "a-second-key-" + "s" * 32
COLUMNS = ("access_token", "refresh_token", "client_secret")


@pytest.fixture
def server(settings: Settings, tmp_path: Path, cast: Cast) -> Iterator[Emulator]:
    """An emulator that gives out another refresh token at every refresh."""
    settings.PARTSEMBLE_SECRET_KEYS = [FIRST]
    with running_emulator("--auto-consent", folder=tmp_path) as server:
        server.control("POST", "switches", {"refresh_rotation_seconds": 0})
        point_at(settings, server)
        connect(cast.owner)
        yield server


def read_secrets(person: Person) -> dict[str, str]:
    with business_scope(person.business.id):
        stored: dict[str, str] = Connection.objects.values(*COLUMNS).get()
    return stored


def refresh_once(person: Person) -> Secret:
    """This will renew the access token as any worker does."""
    credentials = get_credentials(business_id=person.business.id)
    authorizer = make_authorizer(
        provider=ProviderKey.QBO, installation=credentials.installation, http=shared_client()
    )
    tokens = StoredTokens(credentials=credentials, authorizer=authorizer)
    return tokens.renew(rejected=credentials.access_token)


def run_command(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    capsys.readouterr()
    status = main(["rotate-keys", "--json", *options])
    return status, json.loads(capsys.readouterr().out)


def test_every_secret_of_a_connection_is_found(server: Emulator) -> None:
    fields = [each.attname for each in Connection._meta.fields if isinstance(each, SealedField)]
    assert set(fields) == set(COLUMNS)
    assert count_by_key() == {newest_key_id(): 3}


def test_from_one_key_to_the_next(
    cast: Cast, server: Emulator, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: unseal(text) for name, text in read_secrets(cast.owner).items()}
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND, FIRST]
    stored = read_secrets(cast.owner)
    status, told = run_command(capsys, "--dry-run")
    assert (status, told["left"], told["old_keys_removable"]) == (0, 3, False)
    assert read_secrets(cast.owner) == stored
    status, told = run_command(capsys)
    assert (status, told["resealed"], told["left"]) == (0, 3, 0)
    assert told["old_keys_removable"]
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND]
    assert {name: unseal(text) for name, text in read_secrets(cast.owner).items()} == before
    with open_provider(business_id=cast.owner.business.id) as provider:
        assert provider.count_items() > 0
    status, told = run_command(capsys)
    assert (status, told["resealed"], told["keys"]) == (0, 0, 1)
    assert not {FIRST, SECOND} & set(json.dumps(told).split('"'))


def test_a_key_that_is_gone_is_told_and_nothing_is_lost(
    cast: Cast, server: Emulator, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = read_secrets(cast.owner)
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND]
    status, told = run_command(capsys)
    assert (status, told["unreadable"], told["old_keys_removable"]) == (1, 3, False)
    assert read_secrets(cast.owner) == stored
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert "3 stored secrets need another." in capsys.readouterr().out
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND, FIRST]
    assert main(["doctor"]) == 1
    assert "Run: partsemble rotate-keys" in capsys.readouterr().out
    assert run_command(capsys)[0] == 0
    main(["doctor"])
    assert "none is needed" in capsys.readouterr().out


def test_a_token_that_is_renewed_at_that_very_moment_is_not_lost(
    cast: Cast, server: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND, FIRST]
    renewed: list[Secret] = []

    def be_overtaken(secret: Secret) -> str:
        # The old ciphertexts are read; now a worker stores newer tokens before they are replaced.
        if not renewed:
            with ThreadPoolExecutor(max_workers=1) as pool:
                renewed.append(pool.submit(_in_own_connection, cast.owner).result())
        return seal(secret)

    monkeypatch.setattr(sealed, "seal", be_overtaken)
    outcome = reseal_values()
    assert (outcome.left, outcome.unreadable) == (0, 0)
    assert unseal(read_secrets(cast.owner)["access_token"]) == renewed[0]
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND]
    assert refresh_once(cast.owner) != renewed[0], "the refresh token is the newest one too"


def test_keys_go_back_and_forth_while_workers_renew(
    cast: Cast, server: Emulator, settings: Settings
) -> None:
    has_begun, stop = threading.Event(), threading.Event()

    def keep_renewing() -> int:
        renewed = 0
        try:
            while not stop.is_set():
                refresh_once(cast.owner)
                renewed += 1
                has_begun.set()
        finally:
            connections.close_all()
        return renewed

    with ThreadPoolExecutor(max_workers=3) as pool:
        workers = [pool.submit(keep_renewing) for _ in range(3)]
        try:
            assert has_begun.wait(60)
            for _ in range(10):
                for keys in ([SECOND, FIRST], [FIRST, SECOND]):
                    settings.PARTSEMBLE_SECRET_KEYS = keys
                    assert reseal_values().unreadable == 0
        finally:
            stop.set()
        assert sum(worker.result() for worker in workers) > 0
    assert reseal_values().left == 0
    settings.PARTSEMBLE_SECRET_KEYS = [FIRST]
    assert refresh_once(cast.owner)
    with open_provider(business_id=cast.owner.business.id) as provider:
        assert provider.count_items() > 0


def test_a_run_that_is_stopped_goes_on_where_it_was(
    cast: Cast, server: Emulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    settings.PARTSEMBLE_SECRET_KEYS = [SECOND, FIRST]
    calls: list[Secret] = []

    def die_at_the_second(secret: Secret) -> str:
        calls.append(secret)
        if len(calls) > 1:
            raise PowerCutError
        return seal(secret)

    with monkeypatch.context() as patch:
        patch.setattr(sealed, "seal", die_at_the_second)
        with pytest.raises(PowerCutError):
            reseal_values()
    counts = count_by_key()
    assert counts[newest_key_id()] == 1
    assert reseal_values().resealed == 2


def test_secrets_of_the_second_step_move_on_too(
    cast: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PARTSEMBLE_SECRET_KEYS = [FIRST]
    settings.MFA_TOTP_TOLERANCE = 1  # half a minute may end between the code and its check
    user = User.objects.get(id=cast.owner.user.id)
    plain = totp.generate_totp_secret()
    totp.TOTP.activate(user, plain)
    recovery = RecoveryCodes.activate(user)
    recovery.mark_as_viewed()
    codes = recovery.generate_codes()
    assert count_by_key() == {newest_key_id(): 2}
    assert plain not in str(list(Authenticator.objects.values_list("data", flat=True)))
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND]
    assert run_command(capsys)[1]["unreadable"] == 2
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND, FIRST]
    assert run_command(capsys)[1]["resealed"] == 2
    settings.PARTSEMBLE_SECRET_KEYS = [SECOND]
    found = {each.type: each.wrap() for each in Authenticator.objects.all()}
    _, counter, _ = totp.yield_hotp_counters_from_time()
    assert found["totp"].validate_code(totp.format_hotp_value(totp.hotp_value(plain, counter)))
    assert found["recovery_codes"].generate_codes() == codes
    assert run_command(capsys)[1]["old_keys_removable"]


def _in_own_connection(person: Person) -> Secret:
    try:
        return refresh_once(person)
    finally:
        connections.close_all()
