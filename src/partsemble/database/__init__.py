"""The Django-side ground under every app: exact columns, scope, policies, the database's clock."""
