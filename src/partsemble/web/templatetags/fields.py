"""How a form's field is worded where it is drawn."""

from typing import Final

from django import template
from django.forms import BoundField

register = template.Library()

_PROMPTED: Final = frozenset({"password", "email"})


@register.simple_tag
def word_field(field: BoundField, *, label: str, help_text: str, without_help: bool) -> BoundField:
    """This will give a field the label and help of the page, where the page has its own.

    The input then names its help to screen readers, whoever wrote it. What allauth repeats
    inside the input as a placeholder goes.

    Arguments:
        label: empty to keep the form's.
        help_text: empty to keep the form's.
        without_help: drops the form's help.
    """
    field.label = label or field.label
    field.help_text = "" if without_help else help_text or field.help_text
    widget = field.field.widget
    if widget.attrs.get("type", getattr(widget, "input_type", "")) in _PROMPTED:
        widget.attrs.pop("placeholder", None)
    return field
