"""An index of a task's events, so that forgetting a task does not look through the events of all."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the index."""
    op.create_index("ix_task_events_of_task", "task_events", ["task_seq"])
