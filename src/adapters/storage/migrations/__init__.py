"""The history of the embedded store's schema, for Alembic."""
