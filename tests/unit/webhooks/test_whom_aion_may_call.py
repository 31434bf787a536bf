"""The guard against requests into our own network: every way of writing an address that is not public is refused."""

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.webhooks.addresses import is_public
from aion.adapters.webhooks.allowance import Allowance, Allowances
from aion.adapters.webhooks.destinations import destination_of
from aion.adapters.webhooks.guard import AddressGuard
from aion.domain.errors import WebhookUrlRefused

NAMES = {
    "public.example": ("93.184.216.34",),
    "six.example": ("2606:2800:220:1::1",),
    "both.example": ("93.184.216.34", "2606:2800:220:1::1"),
    "inside.example": ("10.1.2.3",),
    "half.example": ("93.184.216.34", "169.254.169.254"),
    "half6.example": ("93.184.216.34", "::1"),
    "web1": ("93.184.216.34",),
    "loop.example": ("127.0.0.1",),
    "metadata.google.internal": ("169.254.169.254",),
    "localhost": ("127.0.0.1", "::1"),
}


async def resolve(tenant: str, host: str, port: int):
    return [ip_address(address) for address in NAMES.get(host, ())]


def guard(*allowed: str) -> AddressGuard:
    return AddressGuard(Allowances.parse(allowed), resolve)


async def why(url: str, *allowed: str) -> str:
    with pytest.raises(WebhookUrlRefused) as refused:
        await guard(*allowed).check("acme", url)
    assert [violation.field for violation in refused.value.violations] == ["url"]
    return refused.value.message


NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3",
    "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::2",
    "::7f00:1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "64:ff9b:1::93.184.216.34",
    "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2001:10::1", "2001:20::1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:5db8:d822::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff05::1:3", "fe80::5efe:127.0.0.1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.167.255.255", "198.20.0.1", "11.0.0.1", "126.255.255.255", "128.0.0.1", "223.255.255.255", "169.253.255.255",
    "169.255.0.1", "2606:2800:220:1::1", "2a00:1450:4001::1", "2001:4860:4860::8888", "::ffff:93.184.216.34",
    "64:ff9b::93.184.216.34",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_known_as_such(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_known_as_such(address):
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_the_clothes_of_ipv6_is_judged_by_itself(address):
    """IPv4-mapped and NAT64 addresses reach the IPv4 address; 6to4 and Teredo are refused whatever they hold."""
    number = int(address)
    mapped, nat64 = ip_address(0xFFFF << 32 | number), ip_address((0x64FF9B << 96) | number)
    assert is_public(mapped) == is_public(nat64) == is_public(address)
    assert not is_public(ip_address(0x2002 << 112 | number << 80))
    assert not is_public(ip_address(0x20010000 << 96 | number ^ 0xFFFFFFFF))
    assert not is_public(IPv6Address(number))  # as an IPv4-compatible one


HOSTILE = [
    # Not HTTPS, or no URL at all.
    "http://public.example/", "ftp://public.example/", "file:///etc/passwd", "gopher://public.example/",
    "javascript:alert(1)", "data:text/plain,x", "unix:///var/run/docker.sock", "//public.example/", "public.example",
    "https:public.example", "https:/public.example/", "https:///public.example/", "https://", "https://:443/", "",
    "ws://public.example/", "https//public.example",
    # Somebody else's idea of where the host ends.
    "https://user@public.example/", "https://user:pass@public.example/", "https://@public.example/",
    "https://public.example@127.0.0.1/", "https://127.0.0.1@public.example/", "https://public.example:443@127.0.0.1/",
    "https://public.example\\@127.0.0.1/", "https://127.0.0.1\\.public.example/", "https:\\\\public.example/",
    "https://public.example#@127.0.0.1/", "https://127.0.0.1#.public.example/", "https://public.example/#part",
    "https://127.0.0.1%2f.public.example/", "https://127.0.0.1%00.public.example/", "https://public.example%2f@x/",
    "https://public.example\t/", "https://public\n.example/", " https://public.example/", "https://public.example/ x",
    "https://public.example/\r\nHost: inside", "https://pub\u200blic.example/", "https://ｐublic.example/",
    "https://①②⑦.0.0.1/", "https://pub。lic.example/", "https://[::1/", "https://::1/", "https://[public.example]/",
    "https://[fe80::1%25eth0]/", "https://[::1%lo]/", "https://[::ffff:127.0.0.1]/", "https://[v1.x]/",
    "https://public.example:/", "https://public.example:x/", "https://public.example:-1/",
    "https://public.example:65536/", "https://public.example:443:443/", "https://public.example.:443/",
    "https://-public.example/", "https://pub..example/", "https://.example/", f"https://{'a' * 64}.example/",
    f"https://{'a.' * 130}example/", "https://*.example/", "https://public.example,inside.example/",
    # Addresses that are not public, as people write them to get past a filter.
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.000.000.001/",
    "https://0/", "https://0.0.0.0/", "https://00/", "https://127.0.0.0x1/", "https://1.2.3/", "https://1.2.3.4.5/",
    "https://256.256.256.256/", "https://169.254.169.254/latest/meta-data/", "https://2852039166/",
    "https://0xa9fea9fe/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/",
    "https://100.100.100.200/", "https://168.63.129.16/", "https://192.0.0.192/", "https://224.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[fe80::1]/",
    "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[ff02::1]/", "https://[2002:7f00:1::]/",
    "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/", "https://[2001:0:1::1]/", "https://[2001:db8::1]/",
    # Names that lead there.
    "https://localhost/", "https://LOCALHOST/", "https://inside.example/", "https://half.example/",
    "https://half6.example/", "https://loop.example/", "https://metadata.google.internal/",
    "https://nobody.example/",
    # Ports of other services.
    "https://public.example:22/", "https://public.example:80/", "https://public.example:8443/",
    "https://public.example:0/", "https://93.184.216.34:6379/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_url_is_refused_in_words_that_tell_nothing_of_our_network(url):
    """14.7 AION calls public addresses over HTTPS on port 443, unless the operator allows more."""
    message = await why(url)
    assert message.startswith("url is refused: ")
    for addresses in NAMES.values():
        for address in addresses:
            assert address not in message or address in url


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "http://127.0.0.1:9000/", "https://inside.example/", "https://public.example:8443/"]
)
async def test_whoever_meets_a_bound_of_the_operator_is_told_which_setting_it_is(url):
    assert "operator" in (message := await why(url))
    assert "AION_WEBHOOK_ALLOW" in message


@pytest.mark.parametrize("url", ["http://nobody.example/", "http://inside.example/", "http://public.example/"])
@pytest.mark.parametrize("allowed", ["127.0.0.1:9000", "10.0.0.0/8"])
async def test_of_plain_http_the_scheme_is_judged_before_the_address(url, allowed):
    assert (await why(url, allowed)).startswith("url is refused: its scheme must be https;")


async def test_a_name_inside_and_a_name_that_is_not_there_are_refused_in_the_same_words():
    assert await why("https://inside.example/") == await why("https://nobody.example/")


@pytest.mark.parametrize(
    "url",
    [
        "https://public.example/",
        "https://public.example",
        "https://PUBLIC.example:443/a/b?c=d&e=%20",
        "https://six.example/hook",
        "https://both.example/",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1::1]/",
        "https://public.example?only=query",
    ],
)
async def test_a_public_https_url_is_called(url):
    assert (await guard().checked("acme", url)).addresses


async def test_what_was_checked_is_what_is_called():
    checked = await guard().checked("acme", "https://Both.example:443/a?b")
    assert [str(address) for address in checked.addresses] == list(NAMES["both.example"])
    assert checked.destination.authority == "both.example"
    assert checked.destination.target == "/a?b"
    assert destination_of("https://[2606:2800:220:1::1]:8443/").authority == "[2606:2800:220:1::1]:8443"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://10.1.2.3/", "10.0.0.0/8"),
        ("https://10.1.2.3:8443/", "10.0.0.0/8"),
        ("https://inside.example:8443/", "10.1.2.3:8443"),
        ("https://[fd00::1]:9/", "[fd00::/8]:9"),
        ("https://[fd00::1]/", "fd00::/8"),
        ("https://public.example:8443/", "public.example:8443"),
        ("https://public.example:8443/", "public.example"),
        ("https://web1:8443/", "web1:8443"),
        ("https://loop.example/", "127.0.0.1:443"),
        ("http://127.0.0.1:9000/", "127.0.0.1:9000"),
        ("http://loop.example:9000/", "127.0.0.0/8"),
        ("http://[::1]:9000/", "[::1]:9000"),
        ("https://half.example/", "169.254.169.254"),
        ("https://[::ffff:10.0.0.1]/", "10.0.0.1"),
    ],
)
async def test_the_operator_can_allow_more(url, allowed):
    await guard("192.0.2.1", allowed).check("acme", url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://10.1.2.3:8443/", "10.1.2.3:443"),
        ("https://11.1.2.3:8443/", "10.0.0.0/8"),
        ("http://10.1.2.3/", "10.0.0.0/8"),
        ("http://public.example/", "public.example"),
        ("http://127.0.0.1:9001/", "127.0.0.1:9000"),
        ("http://localhost:9000/", "127.0.0.1:9000"),
        ("https://inside.example/", "inside.example"),
        ("https://half.example:8443/", "half.example:8443"),
        ("https://public.example:22/", "public.example:8443"),
        ("https://sub.public.example:8443/", "public.example:8443"),
    ],
)
async def test_what_the_operator_allows_opens_nothing_else(url, allowed):
    assert await why(url, allowed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.0/99",
        "10.0.0.1/8",
        "a b",
        "host:0",
        "host:70000",
        "[::1",
        "http://x",
        "1.2.3",
        "::1/200",
        "a/8",
        "-:x",
    ],
)
def test_an_entry_that_cannot_be_understood_is_refused_by_the_name_of_the_setting(text):
    with pytest.raises(ValueError, match="AION_WEBHOOK_ALLOW"):
        Allowances.parse([text])


def test_a_name_with_a_port_is_no_ipv6_address():
    assert Allowance.parse("Hooks.Example.com:8443") == Allowance(None, "hooks.example.com", 8443)
    assert Allowance.parse("::1").port is None
    assert Allowance.parse("[::1]:8443").port == 8443
