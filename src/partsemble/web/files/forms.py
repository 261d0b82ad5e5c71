"""The file that a person brings."""

from typing import Final

from django import forms

from partsemble.files.types import FILE_BYTES, ROWS_LIMIT

_MEGABYTES: Final = FILE_BYTES // 1024 // 1024


class FileForm(forms.Form):
    """One file with a table of products (PROD-1)."""

    file = forms.FileField(
        label="File",
        help_text=f"CSV or Excel workbook (.xlsx), up to {_MEGABYTES} MB and {ROWS_LIMIT:,} rows.",
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "invalid": "Choose a file.",
            "empty": "The file is empty. Choose another one.",
        },
        widget=forms.FileInput(
            attrs={
                "accept": ".csv,.xlsx,.txt,.tsv",
                "data-most-bytes": FILE_BYTES,
                "data-too-large": f"This file has more than {_MEGABYTES} MB. Take out what is not"
                " needed, or split it.",
            }
        ),
    )
