"""The emulator as a whole: companies, tokens, clock, switches, journal, log.

It knows no HTTP; the packages around it do. Everything that must outlive the process passes
through `execute`, `set_switches`, `set_clock` or the token desk, and is in the journal before
the caller can answer.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from accounting_emulator.books import Command, Event
from accounting_emulator.clock import Clock
from accounting_emulator.companies import Companies
from accounting_emulator.company import Company
from accounting_emulator.delivery import Dispatcher
from accounting_emulator.faults import FaultPlan
from accounting_emulator.journal import (
    ClockSetting,
    Journal,
    JournalBroken,
    Record,
    read_founding,
    read_records,
)
from accounting_emulator.oauth import ACCOUNTING_SCOPE, Grant, TokenDesk
from accounting_emulator.profile import DEFAULT_NAME, Founding, make_client_keys
from accounting_emulator.replies import Replies
from accounting_emulator.requestlog import RequestLog
from accounting_emulator.signing import Signer
from accounting_emulator.sitting import Sitting
from accounting_emulator.switches import Switches
from accounting_emulator.traffic import Meter, Throttle
from accounting_emulator.webhooks import Change

READY_SCOPES = (ACCOUNTING_SCOPE, "openid", "profile", "email")


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for; None leaves it to the state file or the default."""

    base_url: str
    company: str | None = None
    items: int | None = None
    seed: int | None = None
    state_path: Path | None = None
    auto_consent: bool = False
    webhook_url: str | None = None
    page_delay_ms: int | None = None


class Emulator:
    """One running emulator with one registered app and several companies."""

    def __init__(self, *, wishes: Wishes) -> None:
        self.wishes = wishes
        self.base_url = wishes.base_url
        founding = _settle_founding(wishes)
        self.keys = make_client_keys(seed=founding.seed)
        self.switches = Switches()
        self.companies = Companies(founding=founding, get_switches=lambda: self.switches)
        self.company = self.companies.main
        self.clock = Clock(zone=self.company.zone)
        self.requests = RequestLog()
        self.replies = Replies()
        self.faults = FaultPlan()
        self.throttle = Throttle(read_seconds=self.clock.elapsed)
        self.meter = Meter(get_month=lambda: self.clock.today()[:7])
        self.signer = Signer()
        self.dispatcher = Dispatcher(
            clock=self.clock,
            verifier=self.keys.webhook_verifier,
            get_switches=lambda: self.switches,
        )
        self.dispatcher.aim(url=wishes.webhook_url)
        self.desk = TokenDesk(
            now=self.clock.now,
            make_secret=make_secret,
            get_switches=lambda: self.switches,
            on_change=lambda grant: self._journal.append(record=Record(grant=grant)),
        )
        if wishes.state_path is not None and wishes.state_path.exists():
            self._replay(wishes.state_path)
        if wishes.page_delay_ms is not None:
            self.switches = msgspec.structs.replace(
                self.switches, page_delay_ms=wishes.page_delay_ms
            )
        self._journal = Journal(path=wishes.state_path, founding=founding)
        self.clock.on_move = self.dispatcher.wake

    def _replay(self, path: Path) -> None:
        for record in read_records(path=path):
            if record.founding is not None:
                self.companies.found(founding=record.founding)
            if record.realm_id is not None:
                self._replay_books(record.realm_id, record)
            if record.grant is not None:
                self.desk.restore(grant=record.grant)
            if record.switches is not None:
                self.switches = record.switches
            if record.clock is not None:
                self.clock.restore(
                    offset_seconds=record.clock.offset_seconds, held_at=record.clock.held_at
                )

    def _replay_books(self, realm_id: str, record: Record) -> None:
        company = self.companies.get(realm_id=realm_id)
        for command in record.books:
            company.execute(command=command)
        if record.reply is not None:
            self.replies.keep(reply=record.reply)

    def execute(self, *, company: Company, command: Command) -> tuple[Event, ...]:
        """Carry a command out on a company's books and write it to the journal.

        Raises:
            Refusal: the books do not allow it; nothing is written.
        """
        with self.sitting(company=company) as sitting:
            return sitting.execute(command)

    @contextmanager
    def sitting(self, *, company: Company) -> Iterator[Sitting]:
        """Open a company's books for one request: all it changes is one line of the journal.

        What was carried out is written even when the request fails afterwards, because the
        books remember it.

        Raises:
            JournalBroken: the disk does not take it, now or before.
        """
        self._journal.expect_whole()
        sitting = Sitting(company=company)
        try:
            yield sitting
        finally:
            if sitting.commands or sitting.reply is not None:
                self._journal.append(
                    record=Record(
                        realm_id=company.profile.realm_id,
                        books=tuple(sitting.commands),
                        reply=sitting.reply,
                    )
                )
            if sitting.reply is not None:
                self.replies.keep(reply=sitting.reply)
            self._announce(company, sitting.events)

    def _announce(self, company: Company, events: list[Event]) -> None:
        """Tell listeners what happened."""
        for event in events:
            if event.is_stock_move and not self.switches.stock_moves_fire_webhooks:
                continue
            change = Change(
                realm_id=company.profile.realm_id,
                entity=event.entity,
                id=str(event.id),
                operation=event.operation,
                at=self.clock.now(),
                deleted_id=None if event.deleted_id is None else str(event.deleted_id),
            )
            self.dispatcher.announce(change=change)

    def found_company(self, *, founding: Founding) -> Company:
        """Found one more company, also after a restart.

        Raises:
            Refusal: one with this name is there already, or there are too many.
        """
        company = self.companies.found(founding=founding)
        self._journal.append(record=Record(founding=founding))
        return company

    def set_switches(self, *, switches: Switches) -> None:
        """Change behaviour from now on, also after a restart."""
        self.switches = switches
        self._journal.append(record=Record(switches=switches))
        self.dispatcher.wake()

    def keep_clock(self) -> None:
        """Write where the clock was moved to, for the next start."""
        setting = ClockSetting(
            offset_seconds=self.clock.offset_seconds,
            held_at=self.clock.now() if self.clock.is_stopped else None,
        )
        self._journal.append(record=Record(clock=setting))

    def issue_ready_tokens(self, *, company: Company) -> dict[str, str]:
        """Make the content of the ready file: addresses, keys and a connection to a company."""
        realm_id = company.profile.realm_id
        grant = self._find_ready_grant(realm_id)
        if grant is None:
            issued = self.desk.open_grant(
                client_id=self.keys.client_id, realm_id=realm_id, scopes=READY_SCOPES
            )
        else:
            issued = self.desk.refresh(
                refresh_token=grant.refresh_token, client_id=self.keys.client_id
            )
        return {
            "base_url": self.base_url,
            "discovery_url": f"{self.base_url}/.well-known/openid_sandbox_configuration/",
            "client_id": self.keys.client_id,
            "client_secret": self.keys.client_secret,
            "realm_id": realm_id,
            "access_token": issued.access_token,
            "refresh_token": issued.refresh_token,
            "webhook_verifier": self.keys.webhook_verifier,
            "control_url": self.control_url(company=company),
        }

    def control_url(self, *, company: Company) -> str:
        """Give the address under which a company's own levers are."""
        root = f"{self.base_url}/control"
        is_main = company is self.company
        return root if is_main else f"{root}/companies/{company.profile.realm_id}"

    def _find_ready_grant(self, realm_id: str) -> Grant | None:
        """Find the connection of an earlier start that can still be refreshed."""
        now = self.clock.now()
        for grant in self.desk.grants:
            until = min(grant.refresh_until, grant.hard_until)
            is_ours = grant.realm_id == realm_id and grant.scopes == READY_SCOPES
            if is_ours and not grant.is_revoked and until > now:
                return grant
        return None

    def close(self) -> None:
        """Let go of the state file."""
        self._journal.close()


def make_secret() -> str:
    """Make forty random characters that nobody can guess."""
    return secrets.token_hex(20)


def _settle_founding(wishes: Wishes) -> Founding:
    """Decide how the company was founded; a state file outweighs silence, not a contradiction."""
    kept = None if wishes.state_path is None else read_founding(path=wishes.state_path)
    if kept is None:
        return Founding(
            company=wishes.company or DEFAULT_NAME, seed=wishes.seed or 0, items=wishes.items
        )
    for name, wish, have in (
        ("--company", wishes.company, kept.company),
        ("--seed", wishes.seed, kept.seed),
        ("--items", wishes.items, kept.items),
    ):
        if wish is not None and wish != have:
            raise JournalBroken(
                f"{wishes.state_path} belongs to a company founded with {name} {have}, "
                f"not {wish}. Use another state file, or leave {name} out."
            )
    return kept
