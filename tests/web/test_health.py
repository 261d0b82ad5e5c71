"""What whoever watches over the server asks."""

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_a_living_process_says_so_without_a_database() -> None:
    response = Client().get("/healthz")
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_migrated_database_is_ready() -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


@pytest.mark.django_db
def test_a_pending_migration_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _: {})
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["reason"].endswith("migrations pending")


@pytest.mark.django_db
def test_an_unreachable_database_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("connection to 10.0.0.7 refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unready", "reason": "database unreachable"}
