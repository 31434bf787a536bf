"""What a worker says that no log may hold is refused by the name of its field."""

from dataclasses import replace

import pytest

from aion.adapters.rpc.worker_messages import settle_message, settle_of
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.events import EventKind, NewEvent
from tests.sample_tasks import new_task, settle

BROKEN = '{"a":'


@pytest.mark.parametrize(
    ("field", "result_json", "events"),
    [
        ("result_json", BROKEN, ()),
        ("events[1].data_json", "{}", (NewEvent(EventKind.TOKEN, BROKEN), NewEvent(EventKind.PARTIAL, "", BROKEN))),
    ],
)
def test_a_document_that_is_none_is_refused_by_the_name_of_its_field(field, result_json, events):
    said = replace(settle(new_task(), AttemptResult(AttemptOutcome.OK, result_json)), events=events)
    with pytest.raises(ValidationFailed, match="is no JSON document") as refused:
        settle_of(settle_message(said, "incarnation"))
    assert refused.value.violations == (FieldViolation(field, "must be a JSON document"),)
