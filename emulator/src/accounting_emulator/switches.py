"""Switches: where the real service is uncertain, or where a test wants another behaviour."""

from typing import Literal

import msgspec


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every switch with its default; lives and overlaps in seconds."""

    access_token_seconds: int = 3_600
    code_seconds: int = 300
    refresh_rotation_seconds: int = 86_400
    refresh_overlap_seconds: int = 86_400
    refresh_idle_seconds: int = 8_726_400
    refresh_hard_seconds: int = 157_680_000
    start_position_zero: Literal["accept", "reject"] = "accept"
    max_results_over: Literal["reject", "cap"] = "reject"
    text_comparison: Literal["ignore_case", "exact"] = "ignore_case"
    empty_text_finds: Literal["missing", "nothing"] = "missing"
    stock_moves_touch_items: bool = True
    item_quantity_update: Literal["ignore", "adjust"] = "ignore"
    duplicate_name_detail: Literal["id", "null", "sentence"] = "id"
    merged_items: Literal["inactive", "deleted"] = "inactive"
    inactive_reference: Literal["2500", "610"] = "2500"
    closed_books: Literal["6200", "6210"] = "6210"
    request_id_repeat: Literal["replay", "refuse"] = "replay"
    request_id_seconds: int = 0
    request_id_in_batch: Literal["replay", "ignore"] = "replay"
    batch_objects_over: Literal["cap", "reject"] = "cap"
    batch_order: Literal["given", "reversed"] = "given"
    quote_doubling: Literal["reject", "accept"] = "reject"
    or_in_where: Literal["reject", "accept"] = "reject"
    wrong_environment: bool = False
    auto_consent_realm: str = ""
    throttle: bool = False
    requests_per_second: int = 10
    requests_per_minute: int = 500
    batches_per_minute: int = 40
    combined_per_minute: int = 800
    burst: Literal["per_second", "concurrent"] = "per_second"
    retry_after_seconds: int = 0
    read_budget: int = 500_000
    batch_queries_count: Literal["each", "once"] = "each"
    page_delay_ms: int = 0
    date_skew_seconds: int = 0
    webhook_format: Literal["cloud_events", "event_notifications"] = "cloud_events"
    cloud_event_verbs: Literal["past", "plain"] = "past"
    webhook_answer_seconds: float = 3.0
    webhook_gather_seconds: float = 0.0
    webhook_gather_at_most: int = 1
    webhook_duplicates: int = 0
    webhook_order: Literal["as_happened", "reversed"] = "as_happened"
    webhook_paused: bool = False
    stock_moves_fire_webhooks: bool = True
    stock_moves_in_cdc: Literal["as_touched", "always", "never"] = "as_touched"
    cdc_group_order: Literal["by_name", "as_asked"] = "by_name"
