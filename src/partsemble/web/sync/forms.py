"""What a person can set about syncs."""

from django import forms

from partsemble.sync.types import CHOOSABLE_TYPES, Rhythm
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


class AutomaticSyncForm(forms.Form):
    """When syncs start by themselves (SYNC-1)."""

    rhythm = forms.ChoiceField(
        label="On a schedule",
        choices=[
            (Rhythm.OFF.value, "Off"),
            (Rhythm.HOURLY.value, "Every hour"),
            (Rhythm.DAILY.value, "Every day"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose one: off, every hour, or every day.",
            "invalid_choice": "Choose one: off, every hour, or every day.",
        },
    )
    hour = forms.TypedChoiceField(
        label="Hour of the daily sync",
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        error_messages={
            "required": "Choose an hour of the day.",
            "invalid_choice": "Choose an hour of the day, from 0 to 23.",
        },
    )
    follows_changes = forms.BooleanField(
        label="Sync when QuickBooks says that something changed", required=False
    )
