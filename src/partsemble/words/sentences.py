"""Refusals in a person's words: what happened, why, and what to do (UI-3).

Services refuse with a class, a stable code and facts; this is the one place that turns them
into sentences for screens. A test fails for a refusal that has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from partsemble.kernel.errors import DomainError
from partsemble.words.inventory_sentences import INVENTORY_SENTENCES
from partsemble.words.names import say
from partsemble.words.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal ready to be shown."""

    code: str
    what: str
    why: str
    remedy: str
    status: int


SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        **INVENTORY_SENTENCES,
        "permission_missing": Sentence(
            what="You can't do that here.",
            why="It needs the permission to {permission}, which your role does not include.",
            remedy="Ask the owner or an admin of this business.",
            status=403,
        ),
        "not_found": Sentence(
            what="There is no such thing here.",
            why="It may have been removed, or the address is not quite right.",
            remedy="Go back and look for it in its list.",
            status=404,
        ),
        "business_not_found": Sentence(
            what="There is no such business.",
            why="Either it does not exist, or you do not belong to it.",
            remedy="Choose one of your businesses.",
            status=404,
        ),
        "invalid_input": Sentence(
            what="{problem}",
            why="Nothing was changed.",
            remedy="{remedy}",
            status=422,
        ),
        "quantity_too_large": Sentence(
            what="That quantity is too large.",
            why="A quantity stays below {limit} units, also when it is added to what is there.",
            remedy="Check the number and its decimal point, or choose a larger unit of measure.",
            status=422,
        ),
        "unit_cost_too_large": Sentence(
            what="That unit cost is too large.",
            why="One unit costs less than {limit}.",
            remedy="Check the cost and its decimal point, and whether it is meant for one unit.",
            status=422,
        ),
        "value_too_large": Sentence(
            what="That would be worth too much.",
            why="A value, which is quantity times unit cost, stays below {limit}.",
            remedy="Check the quantity and the unit cost.",
            status=422,
        ),
        "quantities_not_taken": Sentence(
            what="Sync mode is not possible with these books.",
            why="{company} is on {offering} in {country}; quantities of items can be adjusted on "
            "QuickBooks Online Plus and Advanced in the United States only.",
            remedy="Stay with Partsemble-only mode, or change the plan and sync once.",
        ),
        "email_taken": Sentence(
            what="That address is in use.",
            why="Somebody signs in with it already.",
            remedy="Sign in with it, or use another address.",
            status=422,
        ),
        "membership_exists": Sentence(
            what="That person is a member already.",
            why="Each person has one role in a business.",
            remedy="They can work here already.",
        ),
        "token_missing": Sentence(
            what="Show a token.",
            why="Every call of the API shows one in its header: Authorization: Bearer psb_….",
            remedy="Make one under Settings → API tokens.",
            status=401,
        ),
        "token_unknown": Sentence(
            what="This token is not in force.",
            why="It was revoked, its person has left the business, or it has a slip in it.",
            remedy="Make another under Settings → API tokens.",
            status=401,
        ),
        "token_expired": Sentence(
            what="This token has expired.",
            why="It was made to be good until a day that has passed.",
            remedy="Make another under Settings → API tokens.",
            status=401,
        ),
        "token_not_found": Sentence(
            what="There is no such token here.",
            why="It was revoked already, or the address is not quite right.",
            remedy="Look at the list of tokens.",
            status=404,
        ),
        "token_too_narrow": Sentence(
            what="This token can't do that.",
            why="It needs the permission to {permission}, which the token was not given.",
            remedy="Make one that has it under Settings → API tokens.",
            status=403,
        ),
        "idempotency_key_reused": Sentence(
            what="This Idempotency-Key stands for another request.",
            why="It was sent with another body or to another address before; nothing was changed.",
            remedy="Send a fresh key with every new request, and the old one only to repeat.",
            status=422,
        ),
        "too_many_calls": Sentence(
            what="That was too often.",
            why="A token is good for {limit} calls a minute.",
            remedy="Wait {wait_seconds} seconds, then call again.",
            status=429,
        ),
        "secret_unreadable": Sentence(
            what="A stored secret can't be read.",
            why="Its key is missing from this installation, or the value was damaged: {problem}.",
            remedy="Put the former key back into PARTSEMBLE_SECRET_KEYS, or connect again.",
        ),
        "job_not_found": Sentence(
            what="There is no such task here.",
            why="It has ended and was tidied away, or the address is not quite right.",
            remedy="Go back and look at the list.",
            status=404,
        ),
        "run_not_found": Sentence(
            what="There is no such sync here.",
            why="It may be old and tidied away, or the address is not quite right.",
            remedy="Look at the list of syncs.",
            status=404,
        ),
        "run_name_taken": Sentence(
            what="That sync can't be started.",
            why="The id that was chosen for it is in use.",
            remedy="Choose a fresh one. Nothing was changed.",
        ),
        "nothing_held_back": Sentence(
            what="There is nothing to confirm.",
            why="That sync holds nothing back, or its details are old and tidied away.",
            remedy="Start a sync: it shows whether anything is held back now.",
        ),
        "no_such_preview": Sentence(
            what="That preview can't be applied.",
            why="It is no finished preview of the books that are connected now.",
            remedy="Make a fresh preview, or start a sync.",
        ),
        "sync_broke": Sentence(
            what="The sync broke off by a fault of ours.",
            why="What it had changed until then is right; the rest was not reached.",
            remedy="Start it again. If it breaks again, send us the log of the worker.",
        ),
        "no_types_chosen": Sentence(
            what="Choose at least one type of item.",
            why="A sync of no types would read nothing.",
            remedy="Inventory, Service and Bundle are what most workshops need.",
            status=422,
        ),
        "sync_lock_held": Sentence(
            what="{kind} is running.",
            why="{label} started it {since}. One at a time keeps your quantities right.",
            remedy="Wait until it has ended. Should it be stuck, it ends by itself {expires_at}.",
        ),
        "sync_lock_lost": Sentence(
            what="The sync was stopped.",
            why="It paused for so long that its turn ended; since then nothing was written.",
            remedy="Start it again: it goes on from where it was.",
        ),
        "not_connected": Sentence(
            what="This business is not connected to any books.",
            why="Items are read from your books.",
            remedy="Connect to QuickBooks under Settings → Integrations.",
        ),
        "connection_replaced": Sentence(
            what="Other books were connected meanwhile.",
            why="This was to read the books that were connected when it was asked for.",
            remedy="Start it again: then it reads the books that are connected now.",
        ),
        "provider_not_configured": Sentence(
            what="This installation can't connect to your books yet.",
            why="It has no client id and secret of its own for them.",
            remedy=(
                "Whoever runs the server sets PARTSEMBLE_QBO_CLIENT_ID and "
                "PARTSEMBLE_QBO_CLIENT_SECRET."
            ),
        ),
        "environment_unknown": Sentence(
            what="This installation can't connect to your books yet.",
            why="Its environment is set to “{environment}”, which does not exist.",
            remedy="Whoever runs the server sets PARTSEMBLE_QBO_ENVIRONMENT to production.",
        ),
        "authorization_unknown": Sentence(
            what="We can't use that consent.",
            why="It was used already, is older than ten minutes, or began in another browser.",
            remedy="Press Connect to QuickBooks once more.",
        ),
        "consent_declined": Sentence(
            what="You are not connected.",
            why="The consent was not given there: {reason}.",
            remedy="Press Connect to QuickBooks when you are ready. Nothing was changed.",
        ),
        "callback_incomplete": Sentence(
            what="You are not connected.",
            why="You were sent back without something that always comes along: {missing}.",
            remedy="Press Connect to QuickBooks once more.",
        ),
        "different_company": Sentence(
            what="That is another company.",
            why=(
                "You are connected to {connected} and signed in to {offered}. Your links and "
                "external numbers would not fit there."
            ),
            remedy="Sign in to {connected}, or disconnect first. Nothing was changed.",
        ),
        "company_taken": Sentence(
            what="{offered} is connected to another business.",
            why="Two businesses in one set of books would post everything twice.",
            remedy="Choose another company, or disconnect the other business first.",
        ),
        "currency_differs": Sentence(
            what="These books are kept in {books}, your business in {business}.",
            why="Amounts of two currencies would be mixed.",
            remedy="Connect a company whose home currency is {business}.",
        ),
        "reads_spent": Sentence(
            what="This month's reads are nearly used up.",
            why=(
                "QuickBooks lets this installation read {limit} times a month, and {used} are "
                "used. The rest is kept for looking before something is posted."
            ),
            remedy=(
                "It goes on by itself on {resets_on}. Whoever runs the server can move to a "
                "larger tier at Intuit and set PARTSEMBLE_QBO_MONTHLY_READS."
            ),
            status=429,
        ),
        "provider_error": Sentence(
            what="Your books could not be reached.",
            why="The call failed.",
            remedy="Try again in a minute.",
            status=502,
        ),
        "provider_try_later": Sentence(
            what="Your books ask us to wait.",
            why="They are busy or out of reach; nothing was changed.",
            remedy="Try again in a minute. What runs in the background does so by itself.",
            status=503,
        ),
        "provider_outcome_unknown": Sentence(
            what="We can't tell yet whether your books took it.",
            why="It was sent, and the answer got lost.",
            remedy="Partsemble looks there before it sends anything again.",
            status=502,
        ),
        "provider_stale": Sentence(
            what="The record was changed in your books meanwhile.",
            why="What we were about to write no longer fits.",
            remedy="Try again: it is read afresh.",
        ),
        "provider_refused": Sentence(
            what="Your books said no.",
            why="In their words: {provider_message} {provider_detail}",
            remedy="Change what they name, then try again.",
            status=502,
        ),
        "provider_reconnect": Sentence(
            what="The connection has expired.",
            why="Your books no longer let us in. Your items, links and settings are all here.",
            remedy="Press Reconnect under Settings → Integrations.",
        ),
        "provider_unexpected": Sentence(
            what="Your books answered something that we can't read.",
            why="That is a mistake of ours, or something new on their side.",
            remedy="Try again; if it stays, tell us the code below.",
            status=502,
        ),
    }
)

MISTAKES_OF_OURS: Final = frozenset({"scope_missing", "scope_conflict", "job_kind_unknown"})
"""Refusals that only a programmer can cause; they end as error 500 and are logged as such."""

_PLAIN: Final = Sentence(
    what="That was not possible.",
    why="Partsemble refused it and changed nothing.",
    remedy="Try again; if it stays, tell us the code below.",
)


_UNSAID: Final[Mapping[str, str]] = MappingProxyType(
    {"label": "Somebody", "since": "a moment ago", "expires_at": "in a moment"}
)
"""What stands for facts that nobody knows, such as who holds a lock for a blink."""


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _UNSAID.get(name, "…")


def explain(error: DomainError) -> Refusal:
    """This will put a refusal into sentences, with its facts filled in."""
    return explain_code(code=error.code, facts=error.facts)


def explain_code(*, code: str, facts: Mapping[str, object]) -> Refusal:
    """This will put a refusal that was stored by code and facts into sentences."""
    sentence = SENTENCES.get(code, _PLAIN)
    told = _Facts(
        {name: say(fact) for name, fact in facts.items() if fact is not None and fact != ""}
    )
    return Refusal(
        code=code,
        what=sentence.what.format_map(told),
        why=sentence.why.format_map(told),
        remedy=sentence.remedy.format_map(told),
        status=sentence.status,
    )
