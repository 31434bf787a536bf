"""What rows are written and read by is what their tables hold: no column is forgotten, misspelt or there twice."""

from aion.adapters.storage import api_key_statements as api_key_sql
from aion.adapters.storage import codec, event_codec, schedule_codec, tables
from aion.adapters.storage.webhooks import codec as webhook_codec
from aion.adapters.storage.webhooks import statements as webhook_sql


def columns_of(table, *besides):
    """All columns of a table but those that the store fills in by itself."""
    names = [column.name for column in table.columns]
    assert set(besides) <= set(names)
    return sorted(set(names) - set(besides))


def test_a_task_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(codec.TASK_COLUMNS) == columns_of(tables.tasks, "seq")
    assert codec.TASK_COLUMNS == codec.ASKED_COLUMNS + codec.LIFE_COLUMNS
    assert set(codec.PAYLOAD_COLUMNS) <= set(codec.TASK_COLUMNS)


def test_an_event_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(event_codec.EVENT_COLUMNS) == columns_of(tables.task_events, "seq", "tenant_id", "task_seq")


def test_a_schedule_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(schedule_codec.SCHEDULE_COLUMNS) == columns_of(tables.schedules)
    assert sorted(schedule_codec.KEY_COLUMNS + schedule_codec.CHANGING_COLUMNS) == columns_of(tables.schedules)


def test_a_webhook_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(webhook_codec.WEBHOOK_COLUMNS) == columns_of(tables.webhooks, "seq")
    changing = (*webhook_codec.WISH_COLUMNS, *webhook_codec.STATE_COLUMNS)
    assert set(changing) < set(webhook_codec.WEBHOOK_COLUMNS)


def test_a_key_of_a_webhook_is_written_and_read_by_all_columns_of_its_table():
    written = (*webhook_sql._KEY, *webhook_sql._ISSUED, "expire_us")
    assert sorted(written) == columns_of(tables.webhook_keys)


def test_a_delivery_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(webhook_codec.DELIVERY_COLUMNS) == columns_of(tables.webhook_deliveries, "seq")
    assert webhook_codec.DELIVERY_COLUMNS[-len(webhook_codec.LIFE_COLUMNS) :] == webhook_codec.LIFE_COLUMNS


def test_an_api_key_is_written_and_read_by_all_columns_of_its_table():
    assert sorted(api_key_sql._API_KEY) == columns_of(tables.api_keys)
