"""What a person says of a product."""

from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.http import QueryDict

from partsemble.catalog.types import (
    DEFAULT_UNIT,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SKU_LENGTH,
    UNIT_LENGTH,
    ProductTerms,
    ProductType,
)
from partsemble.web.number_field import NumberField
from partsemble.words.products import PRODUCT_FIELD_WORDS, PRODUCT_TYPE_WORDS

_BOOKS_WIN: Final = "Follows your books: change it there, and the next sync brings it here."


class ProductForm(forms.Form):
    """A product as a person writes it down (PROD-1).

    Fields that the books own are shown and can't be typed into (ITEM-6).
    """

    sku = forms.CharField(
        label=PRODUCT_FIELD_WORDS["sku"],
        max_length=SKU_LENGTH,
        help_text="The short name on labels and lists; each product has its own.",
        error_messages={"required": "Give it a SKU, such as LAMP-1."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=PRODUCT_FIELD_WORDS["name"],
        max_length=NAME_LENGTH,
        error_messages={"required": "Give it a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        label=PRODUCT_FIELD_WORDS["type"],
        choices=[(each.value, PRODUCT_TYPE_WORDS[each]) for each in ProductType],
        initial=ProductType.COMPONENT.value,
    )
    unit = forms.CharField(
        label=PRODUCT_FIELD_WORDS["unit"],
        max_length=UNIT_LENGTH,
        initial=DEFAULT_UNIT,
        help_text="What one of it is: pcs, kg, m, h.",
        error_messages={"required": "Say what is counted, such as pcs or kg."},
    )
    is_stocked = forms.BooleanField(
        label="Stocked: its quantity is counted",
        required=False,
        initial=True,
        help_text="Leave it off for what is never on a shelf, such as powder coating.",
    )
    description = forms.CharField(
        label=PRODUCT_FIELD_WORDS["description"],
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea,
    )
    unit_cost = NumberField(
        label=PRODUCT_FIELD_WORDS["unit_cost"],
        help_text="What one costs you, until arrivals and builds tell better.",
    )
    selling_price = NumberField(label=PRODUCT_FIELD_WORDS["selling_price"])
    reorder_point = NumberField(
        label=PRODUCT_FIELD_WORDS["reorder_point"],
        help_text="At this quantity or below, the product counts as low.",
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        answers: QueryDict | None = None,
        *,
        initial: dict[str, Any] | None = None,
        owned: Collection[str] = (),
    ) -> None:
        super().__init__(answers, initial=initial)
        for name in owned:
            field = self.fields[name]
            field.disabled = True
            field.help_text = _BOOKS_WIN

    def read_terms(self) -> ProductTerms:
        """This will give what was said, once the form is valid."""
        said = {name: self.cleaned_data[name] for name in PRODUCT_FIELD_WORDS}
        return ProductTerms(**{**said, "type": ProductType(said["type"])})


def list_initial(terms: ProductTerms, *, revision: int) -> dict[str, Any]:
    """This will give the answers with which a form begins that edits a product."""
    said = {name: getattr(terms, name) for name in PRODUCT_FIELD_WORDS}
    return {**said, "type": terms.type.value, "revision": revision}
