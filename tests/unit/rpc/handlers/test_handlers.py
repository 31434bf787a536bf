"""Between a client and a use case nothing gets lost, whichever RPC it is: what the client says is what the use case is
asked, what that finds is what the client is answered, field by field.
"""

from dataclasses import is_dataclass

import pytest

from aion.adapters.rpc.handlers import handlers
from tests.unit.rpc.handlers import of_catalog, of_schedules, of_tasks, of_webhooks
from tests.unit.rpc.handlers.exchange import CALLER, Desk, Exchange
from tests.unit.rpc.handlers.whole import unsaid, unset
from tests.unit.rpc.handlers.whole_task import shown

EXCHANGES = [*of_tasks.EXCHANGES, *of_schedules.EXCHANGES, *of_webhooks.EXCHANGES, *of_catalog.EXCHANGES]

each = pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.path.rpartition("/")[2])


@each
async def test_the_use_case_is_asked_what_the_client_said(exchange: Exchange):
    asked, _ = await exchange.happens()
    assert asked == [(exchange.use_case, CALLER, *exchange.asked)]


@each
async def test_the_client_is_answered_what_the_use_case_found(exchange: Exchange):
    _, answer = await exchange.happens()
    assert answer == exchange.answer


@each
def test_no_field_is_left_untried(exchange: Exchange):
    """A field that is new to the contract fails here, until it is set in an exchange and so has to come through."""
    assert unset(exchange.request) == exchange.unset
    assert unset(exchange.answer) == exchange.unanswered
    assert {path for one in exchange.asked if is_dataclass(one) for path in unsaid(one)} == exchange.unsaid


def test_no_rpc_is_left_untried():
    assert sorted(exchange.path for exchange in EXCHANGES) == sorted(handlers(Desk().use_cases()).unary)


def test_a_field_that_is_left_out_is_found_wherever_it_stands():
    answer = shown(replayed=True)
    answer.ClearField("priority")
    answer.engine.ClearField("name")
    answer.attempts[0].ClearField("digest")
    answer.decision.candidates[0].ClearField("weight")
    left_out = {"priority", "engine.name", "attempts.digest", "decision.candidates.weight"}
    assert unset(answer) == left_out | {"event"}
