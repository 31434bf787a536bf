"""The text of a statement binds its values in the order in which its writer gives them, or nothing starts."""

import pytest
from sqlalchemy import select

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import statements as sql
from aion.adapters.storage.compiling import StatementMismatch, compiled, compiled_insert, parameter
from aion.adapters.storage.json_columns import encode_list
from aion.adapters.storage.sqlite import open_store
from aion.adapters.storage.tables import tombstones
from tests.manual_clock import ManualClock
from tests.sample_tasks import START, accept, key, new_task

_OF_A_TENANT = select(tombstones.c.task_id).where(
    tombstones.c.tenant_id == parameter("tenant"), tombstones.c.purge_us > parameter("after")
)


def test_a_statement_is_the_text_that_the_driver_runs():
    assert " ".join(compiled(_OF_A_TENANT, "tenant", "after").split()) == (
        "SELECT tombstones.task_id FROM tombstones WHERE tombstones.tenant_id = ? AND tombstones.purge_us > ?"
    )
    assert " ".join(compiled_insert(tombstones, ("tenant_id", "task_id", "purge_us")).split()) == (
        "INSERT INTO tombstones (tenant_id, task_id, purge_us) VALUES (?, ?, ?)"
    )


@pytest.mark.parametrize("given", [("after", "tenant"), ("tenant",), ("tenant", "after", "limit"), ()])
def test_values_in_another_order_than_the_statement_binds_them_are_refused(given):
    with pytest.raises(StatementMismatch, match="its caller gives"):
        compiled(_OF_A_TENANT, *given)


async def test_of_ids_and_keys_that_are_asked_for_together_those_of_just_this_tenant_are_taken():
    async with open_store("sqlite://", ManualClock(START), ProcessSignals(), "test") as store:
        await store.accept("acme", accept(new_task("a"), key("once")))
        await store.accept("other", accept(new_task("b", tenant="other"), key("twice", principal="else")))
        ids = [("acme", "a"), ("acme", "b"), ("other", "a"), ("a", "acme"), ("b", "b")]
        keys = [
            ("acme", "service", "create-task", "once"),
            ("acme", "service", "create-task", "twice"),
            ("other", "service", "create-task", "twice"),
            ("other", "service", "create-task", "once"),
            ("acme", "service", "another", "once"),
        ]

        def taken(transaction):
            found = transaction.connection.execute(sql.SELECT_TAKEN_IDS, (encode_list(ids),)).fetchall()
            used = transaction.connection.execute(sql.SELECT_USED_KEYS, (encode_list(keys),)).fetchall()
            return found, used

        assert await store._writer.submit("look", taken) == ([ids[0]], [keys[0]])
