"""What the module does: reads the input, streams what it finds, gives the result."""

from typing import Any

from aion import Lines, Parameters
from words import count


def work(fields: dict[str, Any], lines: Lines) -> dict[str, Any]:
    """The most common words of a text."""
    parameters = Parameters(fields, "text", "most")
    text = parameters.text("text")
    most = parameters.integer("most", 1, 100, 10)
    words, found = count(text)
    common = []
    for word, number in found[:most]:
        lines.token(f"{word}: {number}\n")  # whoever watches the task sees each word now
        common.append({"word": word, "count": number})
    return {"words": words, "common": common}
