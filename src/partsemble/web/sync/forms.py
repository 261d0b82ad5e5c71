"""What a person can set about syncs."""

from django import forms

from partsemble.sync.types import CHOOSABLE_TYPES
from partsemble.words.items import CHOICE_WORDS


class ItemTypesForm(forms.Form):
    """Which item types runs read (SYNC-2)."""

    types = forms.MultipleChoiceField(
        label="Item types to read",
        choices=[(each.value, CHOICE_WORDS[each]) for each in CHOOSABLE_TYPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one type: a sync of none would read nothing.",
            "invalid_choice": "That is no item type. Choose from the list.",
        },
    )
