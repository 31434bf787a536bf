"""What goes wrong with JSON, or is made to: values of other types, texts that some parsers take and others do not."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    -0.0,
    2**31,
    2**53 + 1,
    2**64,
    10**30,
    1e308,
    "",
    "0",
    "1e3",
    "+1",
    "0x10",
    " 1",
    "NaN",
    "Infinity",
    "true",
    "tomorrow",
    "2026-02-30T00:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00+99:99",
    "2026-01-01t00:00:00.1234567890123z",
    "0000-00-00T00:00:00Z",
    "-0s",
    "1h",
    "s",
    "1.5.5s",
    ".s",
    "99999999999999999999s",
    "x" * 5000,
    "\x00",
    "\U0001f4a5",
    [],
    [[]],
    [None],
    [1, "1", {}],
    {},
    {"": ""},
    {"a": {"a": {}}},
    {"__proto__": {"x": 1}, "constructor": 1},
)
_ODD_TEXTS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "1e-999",
    "1" * 400,
    "-" + "9" * 5000,
    "0" * 100,
    "01",
    "1.",
    ".5",
    "+1",
    "0x1F",
    "1_000",
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\x41"',
    '"\\',
    "'a'",
    "undefined",
    "True",
    "None",
    "/* a */ 1",
    "// a\n1",
    "[" * 600 + "]" * 600,
    '{"a":' * 300 + "1" + "}" * 300,
    '"a\nb"',
    '"\t"',
    "[1,]",
    "[,]",
    "{,}",
    '{"a" 1}',
    "{1:1}",
    '{"a":1 "b":2}',
)
_WHOLE = (
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"1",
    b"{",
    b"}",
    b"{}{}",
    b"{} x",
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b'{"\xff":1}',
    b'{"intent":"\xed\xa0\x80"}',
    b'{"intent":"\xc0\xaf"}',
    b"\x1f\x8b\x08\x00",
)
_LARGE: tuple[Callable[[], bytes], ...] = (
    lambda: b"[" * 200_000,
    lambda: b"[" * 100_000 + b"]" * 100_000,
    lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    lambda: b"[" + b"0," * 300_000 + b"0]",
    lambda: b'{"params":{' + b",".join(b'"k%d":"v"' % n for n in range(50_000)) + b"}}",
    lambda: b'{"metadata":{' + b",".join(b'"same":"v"' for n in range(50_000)) + b"}}",
    lambda: b'{"intent":"' + b"\\u0061" * 200_000 + b'"}',
    lambda: b'{"' + b"k" * 1_000_000 + b'":1}',
    lambda: b'{"intent":"echo","params_json":"' + b"[" * 500_000 + b'"}',
    lambda: b" " * ((4 << 20) + 1),
    lambda: b'{"a":' + b"9" * 1_000_000 + b"}",
)


def damaged(rng: Random, members: dict[str, Any]) -> bytes:
    """The document after a damage to its values or to its text. The large ones are rare."""
    share = rng.random()
    if share < 0.004:
        return rng.choice(_LARGE)()
    if share < 0.1:
        return rng.choice(_WHOLE)
    if share < 0.5:
        change_a_value(rng, members)
        return written(members)
    return _damaged_text(rng, written(members))


def written(members: Any) -> bytes:
    """The document's bytes."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def change_a_value(rng: Random, members: dict[str, Any]) -> None:
    """Puts something else where a value is, adds a member that nobody knows, or takes one by another's name."""
    place: Any = members
    while rng.random() < 0.5:
        inner = [one for one in (place.values() if isinstance(place, dict) else place) if isinstance(one, dict | list)]
        if not inner:
            break
        place = rng.choice(inner)
    odd = rng.choice(ODD_VALUES)
    if isinstance(place, list):
        place.insert(rng.randrange(len(place) + 1), odd)
        return
    name = rng.choice([*place, "unknown", "Intent", "taskId", "__class__", "", "\x00", "é", "x" * 500])
    if rng.random() < 0.3 and name in place:
        place[f"{name}_"] = place.pop(name)
    else:
        place[name] = odd


def _damaged_text(rng: Random, text: bytes) -> bytes:
    kind = rng.randrange(6)
    if kind == 0:
        return text[: rng.randrange(len(text) + 1)]
    if kind == 1:
        return text + rng.choice((b" ", b"x", b"{}", b"\x00", b",", b"\xff"))
    if kind == 2 and b'":' in text:  # a member twice
        first = text[1 : text.index(b",")] if b"," in text else text[1:-1]
        return b"{" + first + b"," + text[1:]
    if kind == 3:
        return b'{"added":' + rng.choice(_ODD_TEXTS).encode() + (b"," + text[1:] if len(text) > 2 else b"}")
    if kind == 4 and (places := [n for n, byte in enumerate(text) if byte == ord(":")]):
        place = rng.choice(places) + 1
        end = min((n for n in (text.find(b",", place), text.find(b"}", place)) if n > 0), default=len(text))
        return text[:place] + rng.choice(_ODD_TEXTS).encode() + text[end:]
    changed = bytearray(text)
    changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)
