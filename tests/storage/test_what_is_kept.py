"""What a store is given is what it gives back: all that an attempt said, with its last words."""

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.manual_clock import ManualClock
from tests.sample_tasks import OK, SCOPE, START, accept, eager, new_task, settle, tokens


@pytest.mark.parametrize("streamed", [(), ("a", "b")], ids=["nothing before", "after a stream"])
@pytest.mark.parametrize("last", [(), ("x", "y")], ids=["no last words", "last words"])
async def test_a_log_holds_what_was_streamed_then_the_last_words_then_the_end(tmp_path, streamed, last):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, ManualClock(START), ProcessSignals(), "test") as store:
        task = (await store.accept("acme", accept(new_task(), eager=eager()))).task
        if streamed:
            await store.append(SCOPE, tokens(task, *streamed))
        await store.settle(SCOPE, settle(task, OK, *last))
        live = [(event.offset, event.text, event.data_json) for event in await store.events("acme", "task-1", 0, 10)]
    async with open_store(url, ManualClock(START), ProcessSignals(), "test") as store:
        again = [(event.offset, event.text, event.data_json) for event in await store.events("acme", "task-1", 0, 10)]
        ended = await store.get("acme", "task-1")
    words = [*streamed, *last]
    expected = [(offset, word, "") for offset, word in enumerate(words, 1)]
    assert live == again == [*expected, (len(words) + 1, "", OK.result_json)]
    assert (ended.usage.tokens, ended.last_offset) == (len(words), len(words) + 1)
