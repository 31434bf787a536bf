"""What calls delete is forgotten, and nothing else is: else most requests would be about things that are no more."""

import pytest

from tests.fuzz.known import Known


def known(**ids: list[str]) -> Known:
    """A caller who knows these."""
    made = Known({})
    for kind, texts in ids.items():
        made.own[kind].extend(texts)
    return made


@pytest.mark.parametrize(
    "asked", [b"/v1/schedules/night:pause", b'{"schedule_id":"night"}', b"\x0a\x05night", b"/v1/schedules/night?etag=x"]
)
def test_an_id_that_is_gone_is_forgotten_however_it_was_written(asked: bytes):
    caller = known(schedule_id=["night", "day"], webhook_id=["hook"])
    assert caller.forget(asked) == []
    assert (list(caller.own["schedule_id"]), list(caller.own["webhook_id"])) == (["day"], ["hook"])


def test_the_last_one_says_that_none_is_left():
    caller = known(schedule_id=["night"], webhook_id=["hook"], task_id=["night"])
    assert caller.forget(b"/v1/schedules/night") == ["schedule_id"]
    assert caller.forget(b"/v1/schedules/night") == []
    assert list(caller.own["task_id"]) == ["night"]


def test_an_id_that_is_a_part_of_another_is_kept():
    caller = known(schedule_id=["night", "a"])
    assert caller.forget(b"/v1/schedules/night-2") == []
    assert list(caller.own["schedule_id"]) == ["night", "a"]
