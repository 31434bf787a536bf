"""Which webhook an update is about: the request says it, and a webhook inside that says another one is refused."""

import pytest

from aion.adapters.rpc.webhook_messages import to_wish
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.v1 import webhooks_pb2


@pytest.mark.parametrize("said", ["", "hook"])
def test_a_webhook_inside_may_leave_its_id_out_or_say_that_of_the_request(said):
    assert to_wish(webhooks_pb2.Webhook(webhook_id=said, url="https://a.example/"), "hook").url == "https://a.example/"


def test_one_that_says_another_id_is_refused():
    with pytest.raises(ValidationFailed, match="another one than hook") as refused:
        to_wish(webhooks_pb2.Webhook(webhook_id="other", url="https://a.example/"), "hook")
    said = "must be empty or equal to the request's webhook_id"
    assert refused.value.violations == (FieldViolation("webhook.webhook_id", said),)


def test_an_id_within_a_new_webhook_is_passed_over():
    assert to_wish(webhooks_pb2.Webhook(webhook_id="mine", url="https://a.example/")).url == "https://a.example/"
