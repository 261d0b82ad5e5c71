"""What each switch does, in a sentence for a person; grouped as a person would look for them."""

from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from accounting_emulator.switches import Switches

GROUPS: dict[str, dict[str, str]] = {
    "Limits": {
        "throttle": "Clients that ask too often are refused with 429.",
        "requests_per_second": "How many requests a second one company may get.",
        "requests_per_minute": "How many requests a minute one company may get.",
        "batches_per_minute": "How many batches a minute one company may get.",
        "combined_per_minute": "How many requests a minute of all kinds together.",
        "burst": "Whether the limit per second counts requests in a second, or those at once.",
        "retry_after_seconds": "What a 429 says about when to come back; 0 says nothing.",
        "read_budget": "How many reads a month are allowed before 429; 0 is no limit.",
        "batch_queries_count": "Whether the queries of a batch count one by one, or once.",
    },
    "Signing in": {
        "auto_consent_realm": "Which company connects without asking; empty is the main one.",
        "access_token_seconds": "How long an access token lives, in seconds.",
        "code_seconds": "How long an authorization code lives, in seconds.",
        "refresh_rotation_seconds": "After how long a refresh gives a new refresh token.",
        "refresh_overlap_seconds": "How long the previous refresh token works beside the new one.",
        "refresh_idle_seconds": "After how long without use a refresh token ends.",
        "refresh_hard_seconds": "After how long a refresh token ends in any case.",
        "wrong_environment": "Keys for development are used against a real company: 403.",
    },
    "Reading": {
        "page_delay_ms": "How long every query waits before its answer, in milliseconds.",
        "start_position_zero": "Whether STARTPOSITION 0 counts as 1 or is refused.",
        "max_results_over": "Whether MAXRESULTS over 1,000 is refused or cut down.",
        "text_comparison": "Whether comparing text ignores upper and lower case.",
        "empty_text_finds": "What comparing with an empty text finds.",
        "quote_doubling": "Whether a quote in a text may be written twice.",
        "or_in_where": "Whether conditions may be joined by OR.",
        "batch_objects_over": "What happens to objects over 1,000 in the answer to a batch.",
        "stock_moves_in_cdc": "Whether items appear in change data capture when stock moves.",
        "cdc_group_order": "In which order change data capture lists the kinds of objects.",
    },
    "Writing": {
        "stock_moves_touch_items": "A movement of stock moves an item's LastUpdatedTime.",
        "item_quantity_update": "Whether an update of QtyOnHand adjusts the stock or is ignored.",
        "merged_items": "Whether an item that was merged stays as an inactive one, or is deleted.",
        "duplicate_name_detail": "What the refusal of a taken name says about who has it.",
        "inactive_reference": "Which code refuses a reference to something inactive.",
        "closed_books": "Which code refuses a date in a closed period.",
        "request_id_repeat": "Whether a repeated request id gets the first answer or a refusal.",
        "request_id_seconds": "How long request ids are remembered, in seconds; 0 is for ever.",
        "request_id_in_batch": "Whether request ids count for batches too.",
        "batch_order": "In which order the items of a batch are carried out.",
    },
    "Webhooks": {
        "webhook_paused": "Notifications are held back until this is off again.",
        "webhook_format": "Which of the two bodies notifications have.",
        "cloud_event_verbs": "Whether CloudEvents say what happened in the past tense.",
        "webhook_answer_seconds": "How long a listener may take to answer, in seconds.",
        "webhook_gather_seconds": "How long changes gather before they are announced together.",
        "webhook_gather_at_most": "How many changes one notification holds at most.",
        "webhook_duplicates": "How often each notification is sent again after it was taken.",
        "webhook_order": "Whether notifications come as things happened, or the latest first.",
        "stock_moves_fire_webhooks": "A movement of stock alone announces that the item changed.",
    },
    "Clock": {
        "date_skew_seconds": "By how many seconds the Date header of answers is wrong.",
    },
}


class SwitchWords(msgspec.Struct, frozen=True, kw_only=True):
    """One switch as a person meets it; `choices` are empty unless it is one of a few words."""

    name: str
    group: str
    sentence: str
    kind: Literal["flag", "choice", "number", "text"]
    choices: tuple[str, ...]
    value: Any
    default: Any


def explain(*, switches: Switches) -> list[SwitchWords]:
    """List every switch with its sentence, what it is set to and what it is at first."""
    values, defaults = (msgspec.structs.asdict(each) for each in (switches, Switches()))
    kinds = get_type_hints(Switches)
    return [
        SwitchWords(
            name=name,
            group=group,
            sentence=sentence,
            kind=_kind(kinds[name]),
            choices=get_args(kinds[name]),
            value=values[name],
            default=defaults[name],
        )
        for group, sentences in GROUPS.items()
        for name, sentence in sentences.items()
    ]


def _kind(hint: object) -> Literal["flag", "choice", "number", "text"]:
    if get_origin(hint) is Literal:
        return "choice"
    if hint is bool:
        return "flag"
    return "text" if hint is str else "number"
