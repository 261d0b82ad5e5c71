"""Forms about businesses."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partsemble.web.identity.places import list_currencies, list_time_zones

NAME_LENGTH = 120


class BusinessForm(forms.Form):
    """What it takes to create a business (BIZ-1)."""

    name = forms.CharField(
        label=_("Business name"),
        max_length=NAME_LENGTH,
        help_text=_("As it stands on your invoices."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    currency = forms.ChoiceField(
        label=_("Home currency"),
        choices=list_currencies,
        initial="USD",
        help_text=_("The currency that your books are kept in."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=list_time_zones,
        initial="America/New_York",
        help_text=_("Dates on pages and documents follow it."),
    )

    def __init__(self, answers: QueryDict | None = None) -> None:
        super().__init__(answers)
        if not self.is_bound:
            self.fields["time_zone"].widget.attrs["data-guess-time-zone"] = True
