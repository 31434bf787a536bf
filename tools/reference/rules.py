"""The rules of a field (buf.validate) in words."""

from typing import Any

UNITS = {"gte": "at least {}", "gt": "more than {}", "lte": "at most {}", "lt": "less than {}"}


def rules_in_words(rules: Any, *, required: bool) -> str:
    """Return what a value must keep, as a phrase; empty when everything goes."""
    words = ["Required"] if required else []
    kind = rules.WhichOneof("type") if rules is not None else None
    if kind is not None:
        words += _of(kind, getattr(rules, kind))
    return "; ".join(words) + ("." if words else "")


def _of(kind: str, rule: Any) -> list[str]:
    words = []
    if kind == "string":
        words += _string(rule)
    elif kind in ("repeated", "map"):
        words += _many(rule, "items" if kind == "repeated" else "pairs")
    elif kind == "enum":
        words += ["a known value"] if rule.defined_only else []
    else:
        words += [UNITS[name].format(_plain(getattr(rule, name))) for name in UNITS if rule.HasField(name)]
    return words


def _string(rule: Any) -> list[str]:
    words = []
    if getattr(rule, "in"):
        words.append("one of " + ", ".join(f"`{value}`" if value else "empty" for value in getattr(rule, "in")))
    if rule.HasField("pattern"):
        words.append(f"fits `{rule.pattern}`")
    if rule.HasField("min_len"):
        words.append(f"at least {rule.min_len} characters")
    if rule.HasField("max_len"):
        words.append(f"at most {rule.max_len} characters")
    return words


def _many(rule: Any, what: str) -> list[str]:
    words = []
    if rule.HasField(f"min_{what}"):
        words.append(f"at least {getattr(rule, f'min_{what}')}")
    if rule.HasField(f"max_{what}"):
        words.append(f"at most {getattr(rule, f'max_{what}')}")
    return words


def _plain(value: Any) -> str:
    return f"{value.seconds} s" if hasattr(value, "seconds") else str(value)
