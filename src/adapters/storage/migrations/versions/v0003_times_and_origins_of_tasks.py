"""Until when a task may wait for its first attempt, and what it came from: an ended task, or a schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, empty for the tasks that are there."""
    op.add_column("tasks", sa.Column("queue_expire_us", sa.Integer, nullable=True))
    op.add_column("tasks", sa.Column("retry_of", sa.Text, nullable=True))
    op.add_column("tasks", sa.Column("schedule_id", sa.Text, nullable=True))
