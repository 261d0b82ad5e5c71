"""Two answers for whoever watches over the server: is it alive, and is it ready."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from partsemble.web.access import public_screen


@public_screen()
def healthz(request: HttpRequest) -> JsonResponse:
    """This will say that the process answers; nothing else is asked."""
    del request
    return JsonResponse({"status": "ok"})


@public_screen()
def readyz(request: HttpRequest) -> JsonResponse:
    """This will say whether the database is reachable and every migration applied (else 503)."""
    del request
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = count_pending_migrations()
    except DatabaseError:
        return JsonResponse({"status": "unready", "reason": "database unreachable"}, status=503)
    if pending:
        reason = f"{pending} migrations pending"
        return JsonResponse({"status": "unready", "reason": reason}, status=503)
    return JsonResponse({"status": "ready"})


def count_pending_migrations() -> int:
    """This will count the migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
