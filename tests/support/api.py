"""A program that calls the API, and the operations that there are."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client
from ninja.operation import Operation

from partsemble.api.urls import api
from partsemble.kernel.permissions import Permission
from partsemble.kernel.secret import Secret

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Program:
    """Somebody's script with a token, or without one."""

    token: Secret | None

    def get(self, path: str, **parameters: str | int) -> "Response":
        """This will read something."""
        return Client().get(ROOT + path, parameters, headers=self._show())

    def post(self, path: str, body: object = None, *, key: str = "") -> "Response":
        """This will ask for something."""
        return self._write("POST", path, body, key)

    def patch(self, path: str, body: object = None, *, key: str = "") -> "Response":
        """This will ask for a change."""
        return self._write("PATCH", path, body, key)

    def put(self, path: str, body: object = None) -> "Response":
        """This will put something at an address."""
        return self._write("PUT", path, body, "")

    def delete(self, path: str) -> "Response":
        """This will take away what is at an address."""
        return self._write("DELETE", path, None, "")

    def _write(self, method: str, path: str, body: object, key: str) -> "Response":
        headers = self._show() | ({"Idempotency-Key": key} if key else {})
        content = b"" if body is None else json.dumps(body).encode()
        return Client().generic(
            method, ROOT + path, content, content_type="application/json", headers=headers
        )

    def call(self, method: str, path: str) -> "Response":
        """This will call any operation with nothing but the token."""
        return Client().generic(method, path, headers=self._show())

    def _show(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token.reveal()}"}


@dataclass(frozen=True)
class Door:
    """One operation of the API, and how to call it."""

    operation: Operation
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """This will be the operation's name in the OpenAPI document."""
        return self.operation.view_func.__name__

    @property
    def needs(self) -> Permission | None:
        """This will be the permission that it declares."""
        permission: Permission | None = self.operation.auth_callbacks[0].permission  # type: ignore[attr-defined] # a test makes sure of it
        return permission

    def fill(self) -> str:
        """This will give an address with made-up records."""
        return re.sub(r"{\w+}", str(uuid.UUID(int=7)), self.path)


def list_doors() -> Iterator[Door]:
    """This will list the operations as they answer, which is more than the document says."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    whole = "/".join(part for part in (router.prefix, path) if part)
                    yield Door(operation, method, ROOT + whole.strip("/"))


def read(response: "Response", status: int = 200) -> Any:
    """This will give what was answered, with its exact numbers, if the status is the one."""
    assert response.status_code == status, response.text
    return json.loads(response.content, parse_float=str)


def read_problem(response: "Response", status: int) -> dict[str, Any]:
    """This will give a refusal, which has to have its form (RFC 9457)."""
    problem: dict[str, Any] = read(response, status)
    assert response["Content-Type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["type"] == f"urn:partsemble:problem:{problem['code']}"
    assert problem["title"].endswith(".")
    assert problem["support_code"] == response["X-Request-Id"]
    return problem
