"""What a person adds to stock, or removes from it."""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import QueryDict

from partsemble.kernel.ids import ProductId
from partsemble.stock.types import NOTES_LENGTH, Adjustment, AdjustmentReason
from partsemble.web.number_field import NumberField
from partsemble.words.stock import REASON_WORDS

ADD: Final = "add"
_DIRECTIONS: Final = ((ADD, "Add"), ("remove", "Remove"))


class AdjustForm(forms.Form):
    """A positive quantity, its direction, its cost, and why (STOCK-3)."""

    direction = forms.ChoiceField(
        label="What happens",
        choices=_DIRECTIONS,
        initial=ADD,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose Add or Remove."},
    )
    quantity = NumberField(label="Quantity")
    unit_cost = NumberField(
        label="Unit cost",
        help_text="Needed for what you add. What is removed leaves at its average.",
    )
    reason = forms.ChoiceField(
        label="Reason",
        choices=[(each.value, REASON_WORDS[each]) for each in AdjustmentReason],
        initial=AdjustmentReason.COUNT.value,
    )
    notes = forms.CharField(
        label="Notes",
        required=False,
        max_length=NOTES_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For whoever reads it next year.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, answers: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(answers, initial=initial)
        self.fields["quantity"].required = True
        self.fields["quantity"].error_messages["required"] = "How many?"

    def list_number_errors(self) -> list[str]:
        """This will say what is wrong with numbers that were typed; none may be typed yet."""
        return [
            f"{self.fields[name].label}: {error}"
            for name in ("quantity", "unit_cost")
            if self.data.get(name, "").strip()
            for error in self.errors.get(name, ())
        ]

    def read_adjustment(self, product_id: UUID) -> Adjustment:
        """This will give what was said, once the form is valid."""
        said = self.cleaned_data
        is_addition = said["direction"] == ADD
        return Adjustment(
            product_id=ProductId(product_id),
            is_addition=is_addition,
            quantity=said["quantity"],
            reason=AdjustmentReason(said["reason"]),
            unit_cost=said["unit_cost"] if is_addition else None,
            notes=said["notes"],
        )
