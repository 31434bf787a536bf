"""JSON to every request of the contract, as REST and as Connect take it."""

from aion.adapters.rpc.methods import methods
from aion.adapters.transports.connect.codecs import JsonCodec
from aion.adapters.transports.json.codec import decode
from aion.domain.errors import MalformedRequest

_REQUESTS = {method.name: method.request for method in methods().values()}
_NAMES = sorted(_REQUESTS)


def _seed(name: str, text: bytes) -> bytes:
    return bytes((_NAMES.index(name),)) + text


SEEDS = (
    _seed("Submit", b'{"intent":"echo","params":{"text":"a"},"sla":{"budget_usd":0.5},"wait":"1.5s"}'),
    _seed(
        "Submit", b'{"intent":"echo","expire_time":"2030-01-31T12:00:00.5+01:00","metadata":{"a":"b"},"priority":null}'
    ),
    _seed("ListTasks", b'{"page_size":5,"states":["OK"],"intent":"echo"}'),
    _seed("CreateSchedule", b'{"schedule":{"cron":"* * * * *","task":{"intent":"echo"}}}'),
    _seed("Submit", b'{"a":1,"a":2,"\\ud800":[1e999,-0,0.1]}'),
    _seed("Watch", b'{"task_id":"x","after_offset":"9223372036854775808"}'),
    bytes((0x80 | _NAMES.index("Submit"),)) + b'{"intent":"echo","schemaVersion":"1.0"}',
)
REFUSALS = (MalformedRequest,)


def target(data: bytes) -> None:
    """The first byte chooses the request. What is taken can be written again."""
    which = data[0] if data else 0
    into = _REQUESTS[_NAMES[(which & 0x7F) % len(_NAMES)]]
    message = JsonCodec().decode(into, data[1:]) if which & 0x80 else decode(into, data[1:])
    message.SerializeToString()
