"""One attempt over a real connection: where it goes, what it refuses to do, and what comes of it."""

import asyncio
import os
import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509

from aion.adapters.webhooks.allowance import Allowances
from aion.adapters.webhooks.connections import MOST_BYTES, PIECE_BYTES, BoundedStream, SaidTooMuch
from aion.adapters.webhooks.guard import AddressGuard
from aion.adapters.webhooks.sender import HttpWebhookSender
from aion.domain.webhooks import AttemptReport
from tests.e2e.certificates import Authority
from tests.manual_clock import ManualClock
from tests.webhook_receiver import Receiver, answer, receiving, serving

LOOPBACK = Allowances.parse(["127.0.0.0/8", "[::1]"])
HEADERS = {"content-type": "application/json", "webhook-id": "msg_1"}


class Names:
    """A resolver that gives its answers one after the other, the last one for ever."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, tenant: str, host: str, port: int):
        self.asked.append(host)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(address) for address in given.split()]


async def send(
    url: str,
    names: Names | None = None,
    context: ssl.SSLContext | None = None,
    allowed: Allowances = LOOPBACK,
    seconds: float = 30.0,
) -> AttemptReport:
    sender = HttpWebhookSender(
        AddressGuard(allowed, names or Names("127.0.0.1")),
        ManualClock(),
        context or ssl.create_default_context(),
        seconds,
    )
    try:
        return await sender.send("acme", url, HEADERS, b'{"a":1}')
    finally:
        await sender.close()


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.cert.decode())


async def test_a_receiver_gets_the_bytes_and_the_headers_and_its_yes_is_a_success():
    async with receiving() as receiver:
        assert await send(receiver.url("/a/b?c=%20d")) == AttemptReport(204)
        (got,) = receiver.got
    assert got.line == "POST /a/b?c=%20d HTTP/1.1"
    assert got.body == b'{"a":1}'
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["webhook-id"] == "msg_1"
    assert "cookie" not in got.headers
    assert "authorization" not in got.headers


async def test_tls_is_for_the_name_and_the_connection_to_the_checked_address(tmp_path):
    authority = Authority("receivers")
    identity = authority.sign(x509.DNSName("hooks.example"))
    async with receiving(serving(identity, tmp_path)) as receiver:
        names = Names("127.0.0.1")
        url = receiver.url(scheme="https", host="hooks.example")
        assert await send(url, names, trusting(authority)) == AttemptReport(204)
        assert names.asked == ["hooks.example"]
        assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


async def test_a_certificate_for_another_name_is_not_accepted(tmp_path):
    authority = Authority("receivers")
    identity = authority.sign(x509.DNSName("other.example"), x509.IPAddress(ip_address("127.0.0.1")))
    async with receiving(serving(identity, tmp_path)) as receiver:
        report = await send(receiver.url(scheme="https", host="hooks.example"), None, trusting(authority))
        assert report.status == 0
        assert report.error.startswith("its certificate was not accepted")
        assert receiver.got == []


async def test_a_certificate_of_an_unknown_authority_is_not_accepted(tmp_path):
    identity = Authority("unknown").sign(x509.DNSName("hooks.example"))
    async with receiving(serving(identity, tmp_path)) as receiver:
        report = await send(receiver.url(scheme="https", host="hooks.example"), None, trusting(Authority("ours")))
        assert report.error.startswith("its certificate was not accepted")
        assert receiver.got == []


async def test_a_name_that_changes_its_address_after_the_check_is_not_followed():
    """14.7 The address that was checked is the one that is called: DNS rebinding gets nowhere."""
    async with receiving() as allowed, receiving() as victim:
        only = Allowances.parse([f"127.0.0.1:{allowed.port}", f"127.0.0.2:{allowed.port}"])
        names = Names("127.0.0.1", "127.0.0.3")
        url = allowed.url(host="rebinding.example")
        assert (await send(url, names, allowed=only)).status == 204
        assert names.asked == ["rebinding.example"]
        # The next attempt asks anew, and is refused for what it is told then.
        report = await send(url, names, allowed=only)
        assert report.error.startswith("url is refused: its scheme must be https; plain HTTP is for loopback ")
        assert len(allowed.got) == 1
        assert victim.connections == 0


async def test_one_address_that_is_not_public_among_public_ones_refuses_them_all():
    async with receiving() as receiver:
        report = await send(receiver.url(host="half.example"), Names("127.0.0.1 10.0.0.1"))
        assert report.error.startswith("url is refused")
        assert receiver.connections == 0


async def test_an_address_that_cannot_be_reached_gives_way_to_the_next_one():
    async with receiving() as receiver:
        report = await send(receiver.url(host="two.example"), Names("127.0.0.9 127.0.0.1"))
        assert report == AttemptReport(204)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status):
    async with receiving() as elsewhere, receiving() as receiver:
        receiver.answers = [answer(status, location=elsewhere.url())]
        report = await send(receiver.url())
        assert (report.status, report.delivered) == (status, False)
        assert "redirects are not followed" in report.error
        assert elsewhere.connections == 0


async def test_no_proxy_of_the_environment_is_asked(monkeypatch):
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setitem(os.environ, name, proxy.url(""))
        assert (await send(receiver.url())).delivered
        assert proxy.connections == 0


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
async def test_a_refusal_is_told_with_the_beginning_of_its_text(status):
    async with receiving() as receiver:
        receiver.answers = [answer(status, b"no \x00\x1b[31m thanks\n" + b"x" * 100_000)]
        report = await send(receiver.url())
    assert report.status == status
    assert report.error.startswith(f"HTTP {status}: no [31m thanks xxx")
    assert len(report.error) <= 200


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("120", timedelta(seconds=120)),
        ("Thu, 01 Jan 2026 00:01:00 GMT", timedelta(minutes=1)),
        ("Thu, 01 Jan 2015 00:01:00 GMT", timedelta()),
        ("999999999999999999999999", timedelta(seconds=10**8)),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
        ("-5", None),
        ("", None),
    ],
)
async def test_the_receivers_wish_to_wait_is_heard(value, asked):
    async with receiving() as receiver:
        receiver.answers = [answer(503, retry_after=value)]
        assert (await send(receiver.url())).retry_after == asked


async def test_a_receiver_that_says_nothing_costs_no_more_than_the_time_of_an_attempt():
    def hold(receiver: Receiver) -> None:
        receiver.gate = asyncio.Event()

    async with receiving(change=hold) as receiver:
        report = await send(receiver.url(), seconds=0.3)
    assert report == AttemptReport(error="no answer within 0.3 s")


async def test_an_endless_answer_is_not_read_to_its_end():
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
                await writer.drain()
        except OSError:
            writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    async with server:
        report = await send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert report.status == 500
    assert len(report.error) == 200


@pytest.mark.parametrize(
    "over_and_over", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n"]
)
async def test_a_receiver_that_never_comes_to_its_answer_is_left_after_a_few_kilobytes(over_and_over, monkeypatch):
    reads: list[int] = []
    read = BoundedStream.read

    async def counted(self: BoundedStream, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await read(self, max_bytes, timeout)
        reads.append(len(data))
        return data

    monkeypatch.setattr(BoundedStream, "read", counted)
    async with receiving() as receiver:
        receiver.answers = [over_and_over * 100_000]
        report = await send(receiver.url())
    assert report.error == str(SaidTooMuch())
    assert sum(reads) == MOST_BYTES
    assert max(reads) <= PIECE_BYTES


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1", b"SSH-2.0-OpenSSH_9.6\r\n", b"\xff" * 100])
async def test_what_is_no_http_is_a_failed_attempt(said):
    async with receiving() as receiver:
        receiver.answers = [said]
        report = await send(receiver.url())
    assert report.status == 0
    assert report.error.startswith("the connection broke")


async def test_nobody_at_the_door_and_plain_text_behind_https_are_failed_attempts():
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        report = await send(f"https://hooks.example:{port}/")
        assert report == AttemptReport(error="TLS failed: is this an HTTPS server?")
    report = await send(f"https://hooks.example:{port}/")
    assert report == AttemptReport(error="no connection could be made")


async def test_a_name_that_the_resolver_cannot_take_is_a_failed_attempt():
    async def broken(tenant: str, host: str, port: int):
        raise OSError("no name server")

    sender = HttpWebhookSender(AddressGuard(Allowances(), broken), ManualClock())
    try:
        assert (await sender.send("acme", "https://a.example/", {}, b"")).error == "the connection broke: OSError"
    finally:
        await sender.close()
