"""Until when a task may wait for its first attempt, what it came from (an ended task, or a schedule), and its engine as
a column, so that live tasks can be found by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, empty for the tasks that are there but for the engine; puts it into the index of live tasks,
    and what is held back into an index of its own.
    """
    op.add_column("tasks", sa.Column("queue_expire_us", sa.Integer, nullable=True))
    op.add_column("tasks", sa.Column("retry_of", sa.Text, nullable=True))
    op.add_column("tasks", sa.Column("schedule_id", sa.Text, nullable=True))
    op.add_column("tasks", sa.Column("held_until_us", sa.Integer, nullable=True))
    op.add_column("tasks", sa.Column("engine", sa.Text, nullable=True))
    op.execute("UPDATE tasks SET engine = json_extract(decision, '$.engine')")
    op.drop_index("ix_tasks_live", "tasks")
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["tenant_id", "state", "engine", sa.literal_column("priority DESC"), "create_us", "task_id"],
        sqlite_where=sa.text("end_us IS NULL"),
    )
    op.create_index(
        "ix_tasks_held_back",
        "tasks",
        ["not_before_us", "tenant_id", "task_id"],
        sqlite_where=sa.text("state = 1 AND not_before_us IS NOT NULL"),
    )
