"""Values that are nearly right: what fields of these names hold when they are used well, and what somebody would try.

A field that is not named here gets values by its type and by the rules of the contract.
"""

from collections.abc import Mapping
from typing import Final

GOOD: Final[Mapping[str, tuple[str, ...]]] = {
    "intent": ("echo", "echo", "story", "trapped"),
    "name": ("echo", "story", "redact", "summarize"),
    "params_json": ("{}", '{"text":"x"}', '{"text":"\\u00e9","more":[1,{"a":null}]}'),
    "preferred_engine": ("module:echo@1.0.0", "module:echo", "module:story@^1"),
    "version": ("", "1.0.0", "^1.0", "~1", ">=1,<3"),
    "cron": ("0 0 29 2 *", "@yearly", "30 6 1 1 *", "@every 90h"),
    "time_zone": ("", "UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"),
    # Nothing leads out of this machine: on port 9 of it nobody listens.
    "url": ("http://127.0.0.1:9/aion", "http://127.0.0.1:9/aion?a=b", "https://127.0.0.1:9"),
    "scopes": ("tasks:read", "tasks:write", "intent:echo:run"),
    "request_id": ("k1", "k2", "k3", "k4", "x" * 200),
    "task_id": ("nobody-has-it", "a", "-", "A" * 64),
    "page_token": ("",),
    "etag": ("",),
}
"""What a field of this name holds when it is used well. `intents` and `new_task_id` are understood by their kind."""

NEAR: Final[Mapping[str, tuple[str, ...]]] = {
    "intent": ("remote", "redact", "summarize", "echoo", "Echo", "echo ", "e" * 64, "e" * 65),
    "name": ("nobody", "echo.x", "Echo", "e" * 64, "e" * 65),
    "params_json": (
        '{"text":5}',
        '{"a":1,"a":2}',
        "[1]",
        '{"a":',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":' + "9" * 400 + "}",
        '{"text":"\\ud800"}',
        '{"text":"\\u0000"}',
        "[" * 2000,
        '{"a":' * 500 + "1" + "}" * 500,
        "null",
        " ",
        "{} {}",
    ),
    "preferred_engine": (
        "module:echo@",
        "module:",
        "model:gpt-x",
        "echo@1.0.0",
        ":@",
        "module:echo@sha256:00",
        "x" * 200,
    ),
    "version": ("*", "1.x", "v1", "latest", "1.0.0-rc.1+5", "^" + "9" * 60, "1" * 128, "<0", "1.0.0 || 2"),
    "cron": (
        "0 0 L * *",
        "0 0 * * MON#5",
        "0 0 30 2 *",
        "60 * * * *",
        "*/0 * * * *",
        "5-1 1 1 1 *",
        "* * * * * *",
        "@every 0s",
        "@every 999999999d",
        "@reboot",
        "٣ 1 1 1 *",
        "0 0 1 1 SUN-SAT",
        "1,1,1,1 1 1 1 *",
        "*/" + "9" * 200 + " * * * *",
        "0 0 31 2,4,6,9,11 *",
        "0 0 29 2 MON",
    ),
    "time_zone": (
        "europe/berlin",
        "../UTC",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "Etc/GMT+12",
        "Europe",
        "UTC\x00",
        "zone.tab",
    ),
    "url": (
        "http://127.0.0.1:9/%zz",
        "http://127.1:9/",
        "http://0x7f.1:9/",
        "http://[::1]:9/",
        "http://[::ffff:127.0.0.1]:9/",
        "http://[fe80::1%25lo]:9/",
        "http://[:::]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://user:word@127.0.0.1:9/",
        "http://name.invalid/",
        "https://name.invalid:99999/",
        "https://name.invalid:٤٤٣/",
        "https://\u202ename.invalid/",
        "https://xn--.invalid/",
        "https://" + "a" * 64 + ".invalid/",
        "https://" + "a." * 130 + "invalid/",
        "file:///etc/hostname",
        "gopher://127.0.0.1:9/",
        "http://",
        "//127.0.0.1:9/",
        "http://127.0.0.1:9/\r\nx: y",
        "HTTP://127.0.0.1:9/#x",
        "http://127.0.0.1:9/" + "x" * 2040,
    ),
    "scopes": ("intent:*:run", "*", "admin", "intent::run", "x" * 128, "x" * 129),
    "request_id": ("K1", " k1", "k1\x00", "é", "x" * 255, "x" * 256, "\U0001f511"),
    "page_token": ("AAAA", "=", "A" * 1024, "A" * 1025, "-_-_", "../..", "\x00"),
    "etag": ("*", '"x"', "0", "x" * 64, "x" * 65),
    "task_id": ("A" * 65, "a b", "a/b", "a:watch", "..", "%2e", "é", "_"),
}
"""What somebody would try in it."""

WILD: Final = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\r\n",
    "\x7f\x1b[31m",
    "\u202e\u200b",
    "\ufeff",
    "\uffff",
    "é" * 40,
    "\U0001f4a5" * 20,
    "x" * 65,
    "x" * 257,
    "x" * 5000,
    "../../../etc/hostname",
    "%00%2e%2e%2f",
    "' OR 1=1 --",
    '"; DROP TABLE tasks; --',
    "%s%n%d{0}{x}{{x}}${x}$(x)",
    "(a+)+$" * 4,
    "*?[!a]",
    "null",
    "-1",
    "1e999",
    "NaN",
    "٣",
    "I\u0307",
    "<script>alert(1)</script>",
)
"""Texts for any field."""

PLAIN: Final = ("a", "x1", "known", "some words", "A_b-9", "", "1")
"""Texts that break no rule but that of a certain form."""

SPANS: Final = ((0, 0), (0, 1), (0, 20_000_000), (1, 0), (10, 0), (60, 0), (300, 0), (3600, 0), (2_592_000, 0))
"""Durations in seconds and nanoseconds."""

WILD_SPANS: Final = (
    (-1, 0),
    (0, -1),
    (1, -1),
    (-1, 1),
    (60, 1),
    (61, 0),
    (0, 2**31 - 1),
    (59, 2_000_000_000),
    (0, -(2**31)),
    (315_576_000_000, 0),
    (315_576_000_001, 0),
    (2**63 - 1, 2**31 - 1),
    (-(2**63), -(2**31)),
)

TIMES: Final = ((4_102_444_800, 0), (4_102_444_800, 1), (2_000_000_000, 999_999_999), (8_000_000_000, 0))
"""Moments that are to come, in seconds and nanoseconds since 1970."""

WILD_TIMES: Final = (
    (0, 0),
    (1_000_000_000, 0),
    (-1, 0),
    (-62_135_596_800, 0),
    (-62_135_596_801, 0),
    (253_402_300_799, 999_999_999),
    (253_402_300_799, 0),
    (253_402_300_800, 0),
    (4_102_444_800, -1),
    (4_102_444_800, 2**31 - 1),
    (2**63 - 1, 0),
    (-(2**63), -(2**31)),
)

REALS: Final = (0.0, 1.0, 0.5, 0.000001, 12.34)
WILD_REALS: Final = (
    float("nan"),
    float("inf"),
    float("-inf"),
    -0.0,
    -1.0,
    1e-7,
    0.1 + 0.2,
    5e-324,
    1.7976931348623157e308,
    9_223_372_036_854.775,
    1e16,
)


PAGE_SIZES: Final = (0, 1, 2, 3, 10)


def whole_numbers(bits: int, *, signed: bool) -> tuple[int, ...]:
    """The numbers where an integer of so many bits ends, or changes its length on the wire."""
    most = 2 ** (bits - signed) - 1
    edges = {0, 1, 2, 10, 100, 127, 128, 255, 256, 500, 501, 16_383, 16_384, 2**31 - 1, 2**31, 2**53 + 1, most}
    least = {-1, -2, -128, -(2**31), -(most + 1)} if signed else set()
    return tuple(sorted(number for number in edges | least if number <= most))
