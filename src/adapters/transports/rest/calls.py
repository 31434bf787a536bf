"""A unary RPC as a REST operation: one request in, one JSON answer or one problem out."""

from dataclasses import dataclass
from typing import cast

import orjson
from google.protobuf.message import Message

from aion import failpoints
from aion.adapters.rpc.answers import Answer, Refused
from aion.adapters.rpc.call import Call
from aion.adapters.rpc.methods import Method
from aion.adapters.transports.header_fields import waiting_field
from aion.adapters.transports.http.answers import JSON_TYPE, Receive, Scope, Send, mark_headers, send_answer
from aion.adapters.transports.http.bodies import EMPTY, Bodies
from aion.adapters.transports.http.headers import header_map
from aion.adapters.transports.http.leaving import ClientGone, WhileClientStays
from aion.adapters.transports.http.problems import send_problem
from aion.adapters.transports.json.codec import encode
from aion.adapters.transports.json.encoder import encoder
from aion.adapters.transports.json.form import type_of
from aion.adapters.transports.rest.answers import SUBMIT, acceptance_headers, preference_applied, submit_status
from aion.adapters.transports.rest.request import RestPayload, Shape, ticket_of
from aion.domain.errors import AionError

TRANSPORT = "rest"


@dataclass(frozen=True, slots=True)
class UnaryOperation:
    """One operation of the document, as an ASGI application. `response_body` is google.api.http's."""

    bodies: Bodies
    method: Method
    shape: Shape
    response_body: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; what it raises is a defect."""
        try:
            call = await read_call(self.bodies, scope, receive, self.method, self.shape, transport=TRANSPORT)
            answer = await self._answer(call, receive)
        except ClientGone:
            return
        except Refused as refused:
            if self.shape.body_field:
                refused.error.outside(self.shape.body_field)
            await send_problem(send, refused)
            return
        failpoints.hit("server.before_http_answer")
        headers = mark_headers(answer.marks)
        status = 200
        if self.method.path == SUBMIT:
            status = submit_status(answer.message)
            headers += acceptance_headers(answer.message) + preference_applied(dict(call.headers))
        await send_answer(send, status, JSON_TYPE, self._body(answer.message), headers)

    async def _answer(self, call: Call, receive: Receive) -> Answer:
        """The answer; a call that may wait long ends when its client leaves, so that it holds no slot for nobody."""
        assert isinstance(call.payload, RestPayload)
        waiting = waiting_field(call.method.request.DESCRIPTOR)
        try:
            if waiting is None or not ("prefer" in call.headers or waiting.name.encode() in call.payload.body.data):
                return await self.bodies.pipeline.unary(call)
            async with WhileClientStays(receive):
                return await self.bodies.pipeline.unary(call)
        finally:
            let_go(call)

    def _body(self, message: Message) -> bytes:
        if not self.response_body:
            return encode(message)
        part = getattr(message, self.response_body)
        if isinstance(part, Message):
            return encode(part)
        members = encoder(type_of(message))(message)
        assert isinstance(members, dict)
        return orjson.dumps(members[self.response_body])


async def read_call(
    bodies: Bodies, scope: Scope, receive: Receive, method: Method, shape: Shape, *, transport: str
) -> Call:
    """The request as a call, whose body is to be let go. Raises ClientGone, and Refused when it is not taken in."""
    headers, ticket = header_map(scope), ticket_of(scope, shape)
    body = EMPTY
    if shape.has_body:
        try:
            body = await bodies.take(scope, receive, headers, ticket)
        except AionError as error:
            raise bodies.pipeline.refuse(error, headers, transport, method.path) from error
    payload = RestPayload(scope, headers, body, shape)
    client = scope.get("client")
    return Call(
        method=method,
        payload=payload,
        transport=transport,
        headers=headers,
        peer=client[0] if client else "",
        ticket=ticket,
    )


def let_go(call: Call) -> None:
    """What was read of the call's body is needed no longer."""
    cast("RestPayload", call.payload).body.let_go()
