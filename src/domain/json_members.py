"""How many members a parsed JSON document has: fewer than it has colons when one of them stands twice in an object.

A quick parser keeps the last of two members in silence; who must not take such a document compares the two numbers.
"""

from typing import Any


def members_of(value: Any) -> int:
    """The members of all objects in a value. Colons in texts are not to be counted against them."""
    count, open_values = 0, [value]
    while open_values:
        one = open_values.pop()
        if type(one) is dict:
            count += len(one)
            one = one.values()
        elif type(one) is not list:
            continue
        # Most values hold nothing, and are not looked at one by one.
        open_values += [inner for inner in one if type(inner) is dict or type(inner) is list]
    return count
