"""What the style page shows inside the components: a small workshop's things."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import QueryDict

from partsemble.web.lists import PageLinks, link_pages, link_sort

_QUERY = "sort=name"


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    sku: str
    kind: str
    price: Decimal
    on_hand: str = ""
    tone: str = "ok"
    state: str = "Active"


_ITEMS = (
    _Item("Oak desk frame, 1600 × 800", "FRM-OAK-1680", "Inventory", Decimal("412.00"), "18"),
    _Item("Bolt M8 × 40, zinc", "B-M8-40Z", "Inventory", Decimal("0.35"), "4,250"),
    _Item("Powder coating", "", "Service", Decimal("38.50")),
    _Item(
        name="Lamp “Nordlys” (brushed brass, 2.4 m cord)",
        sku="LMP-0Ø1-O",
        kind="Inventory",
        price=Decimal("1289.90"),
        on_hand="−3",
        tone="warn",
        state="Below zero",
    ),
    _Item(
        "Gift set: desk + lamp", "SET-01", "Bundle", Decimal("1649.00"), "", "neutral", "Inactive"
    ),
)


class _SampleForm(forms.Form):
    name = forms.CharField(label="Product name", initial="Oak desk frame")
    sku = forms.CharField(label="SKU", help_text="Unique in your business.", required=False)
    cost = forms.DecimalField(label="Unit cost", initial="34.50")
    kind = forms.ChoiceField(
        label="Type", choices=[("raw", "Raw Material"), ("good", "Finished Good")]
    )
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea)
    locked = forms.CharField(label="Reference", initial="PSB-7Q2M4XKD", disabled=True)
    stocked = forms.BooleanField(
        label="Stocked", required=False, help_text="Quantities are kept for it."
    )


class _SampleErrors(forms.Form):
    sku = forms.CharField(label="SKU")
    quantity = forms.DecimalField(
        label="Quantity", max_value=10, help_text="At most four decimals."
    )


def make_samples() -> dict[str, object]:
    """This will give the values that the style page shows."""
    query = QueryDict(_QUERY)
    sort = {
        column: link_sort(query=query, column=column, current="name")
        for column in ("name", "sku", "price", "on_hand")
    }
    faulty = _SampleErrors({"sku": "", "quantity": "12"})
    faulty.add_error(None, "Nothing was saved: two answers need a second look.")
    return {
        "items": _ITEMS,
        "sort": sort,
        "form": _SampleForm(),
        "faulty": faulty,
        "first_page": link_pages(
            query=query, page=1, size=50, shown=50, total="more than 10,000", has_more=True
        ),
        "last_page": link_pages(
            query=query, page=3, size=50, shown=12, total="112", has_more=False
        ),
        "one_page": PageLinks(summary="1–5 of 5"),
        "tones": ("neutral", "ok", "warn", "bad", "info", "accent"),
        "kinds": [("", "All types"), ("Inventory", "Inventory"), ("Service", "Service")],
        "colours": (
            "paper", "surface", "sunken", "raised", "ink", "ink-soft", "ink-muted", "line",
            "line-strong", "accent", "accent-fill", "accent-wash", "brass", "ok", "ok-wash",
            "warn", "warn-wash", "bad", "bad-wash", "info", "info-wash",
        ),
    }  # fmt: skip
