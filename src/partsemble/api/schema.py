"""The OpenAPI document: what ninja writes, completed by what the operations declare."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from partsemble.api.access import Token
from partsemble.api.problems import MEDIA_TYPE, answer_error
from partsemble.words.names import PERMISSION_WORDS

_FIRST_REFUSAL = 400


class CompletedSchema(OpenAPISchema):
    """Says of every operation which permission it needs, and what its refusals look like."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        """This will describe one operation."""
        details = super().operation_details(operation)
        permission = read_declaration(operation).permission
        if permission is None:
            needed = "Any token will do."
        else:
            details["x-permission"] = permission.value
            needed = f"Needs the permission to {PERMISSION_WORDS[permission]} (`{permission}`)."
        details["description"] = f"{details.get('description', '')}\n\n{needed}".strip()
        return details

    def operation_parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """This will describe what an operation asks for; what is optional is left out, not null."""
        parameters = super().operation_parameters(operation)
        for each in parameters:
            kinds = each["schema"].pop("anyOf", [])
            for kind in kinds:
                if kind != {"type": "null"}:
                    each["schema"].update(kind)
        return parameters

    def responses(self, operation: Operation) -> dict[int, dict[str, Any]]:
        """This will describe an operation's answers; refusals are problems."""
        answers = super().responses(operation)
        for status, answer in answers.items():
            if status >= _FIRST_REFUSAL:
                (content,) = answer["content"].values()
                answer["content"] = {MEDIA_TYPE: content}
        return dict(sorted(answers.items()))


class Api(NinjaAPI):
    """A NinjaAPI that refuses in problems and completes its document."""

    def on_exception(self, request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
        """This will answer what an operation raised."""
        return answer_error(request, error=exc if isinstance(exc, Exception) else exc())

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """This will write the document."""
        return CompletedSchema(self, path_prefix or self.get_root_path(path_params or {}))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """This will name an operation as its function is named."""
        return operation.view_func.__name__


def read_declaration(operation: Operation) -> Token:
    """This will give what an operation declares.

    Raises:
        LookupError: if it declares nothing.
    """
    found = [each for each in operation.auth_callbacks if isinstance(each, Token)]
    if len(found) != 1 or len(operation.auth_callbacks) != 1:
        raise LookupError(f"{operation.view_func.__name__} does not declare its permission")
    return found[0]
