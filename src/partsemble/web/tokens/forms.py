"""What it takes to make an API token."""

from datetime import datetime, timedelta
from typing import Final, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.words.names import PERMISSION_WORDS

NAME_LENGTH: Final = 60
_LIVES: Final = (
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "One year"),
    ("0", "Until it is revoked"),
)


class TokenForm(forms.Form):
    """A name, what the program may do, and for how long (API-1)."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    """Of this form: sent twice, it makes one token."""
    name = forms.CharField(
        label="Program",
        max_length=NAME_LENGTH,
        help_text="What will use the token, so that you know it again in this list.",
        error_messages={"required": "Name the program that will use the token."},
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        help_text="No more than this, and never more than your own role includes at the time.",
        error_messages={
            "required": "Choose at least one: a token without a permission could do nothing.",
            "invalid_choice": "That can't be given. Choose from the list.",
        },
    )
    days = forms.ChoiceField(label="Good for", choices=_LIVES, initial="90")

    def __init__(self, answers: QueryDict | None = None, *, actor: Actor) -> None:
        super().__init__(answers, initial={"key": uuid4()})
        scopes = cast("forms.MultipleChoiceField", self.fields["scopes"])
        scopes.choices = [
            (each.value, capfirst(PERMISSION_WORDS[each]))
            for each in Permission
            if actor.is_allowed(each)
        ]

    def read_scopes(self) -> frozenset[Permission]:
        """This will give the chosen permissions."""
        return frozenset(map(Permission, self.cleaned_data["scopes"]))

    def read_end(self, *, now: datetime) -> datetime | None:
        """This will give until when the token is to be good, or None for no end."""
        days = int(self.cleaned_data["days"])
        return now + timedelta(days=days) if days else None
