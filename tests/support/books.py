"""A business's connection to the emulator's books, made the way a person makes it."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
from pytest_django import Settings
from tests.support.cast import Person
from tests.support.emulator import ANSWER_SECONDS, Emulator

from partsemble.accounting.services.connections import complete_connection
from partsemble.accounting.services.consent import begin_connection, redeem_state
from partsemble.accounting.types import Callback, ConnectionView
from partsemble.kernel.secret import Secret

SESSION = "the owner's own browser"


@dataclass(frozen=True, slots=True)
class Answer:
    """With what the provider sends a person back."""

    state: str
    callback: Callback


def point_at(settings: Settings, emulator: Emulator) -> None:
    """This will let this process take the emulator for QuickBooks."""
    settings.PARTSEMBLE_QBO = {
        "client_id": emulator.ready["client_id"],
        "client_secret": emulator.ready["client_secret"],
        "environment": emulator.ready["discovery_url"],
        "webhook_verifier": emulator.ready["webhook_verifier"],
    }


def follow(consent_url: str) -> Answer:
    """This will go where a browser is sent, and consent; the emulator has to run so by itself."""
    reply = httpx2.get(consent_url, timeout=ANSWER_SECONDS)
    assert reply.status_code == httpx2.codes.FOUND, reply.text
    given = {
        name: values[0]
        for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()
    }
    return Answer(
        state=given.get("state", ""),
        callback=Callback(
            code=Secret(given.get("code", "")),
            company_id=given.get("realmId", ""),
            error=given.get("error", ""),
        ),
    )


def connect(person: Person) -> ConnectionView:
    """This will connect a person's business as their clicks would."""
    answer = follow(begin_connection(actor=person.actor, session_key=SESSION))
    actor = redeem_state(user_id=person.user.id, session_key=SESSION, state=answer.state)
    return complete_connection(actor=actor, callback=answer.callback)
