"""What a caller may know: ids and tokens that exist, their own and those of another tenant."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from google.protobuf.message import Message

REMEMBERED = 24
"""Values of a name: the newest."""

MORTAL = ("schedule_id", "webhook_id")
"""What calls delete."""

Pool = defaultdict[str, deque[str]]


def empty_pool() -> Pool:
    """Nothing is known."""
    return defaultdict(lambda: deque(maxlen=REMEMBERED))


@dataclass
class Known:
    """The values that requests are made of. `own` grows with the answers, `foreign` stands."""

    headers: Mapping[str, str]
    own: Pool = field(default_factory=empty_pool)
    foreign: Pool = field(default_factory=empty_pool)

    def pick(self, rng: Random, name: str, otherwise: Iterable[str]) -> str:
        """A value for a field of this name: mostly an own one, sometimes a foreign or a made-up one."""
        kind = kind_of(name)
        share, place = rng.random(), rng.random()
        pool: Iterable[str] = self.own[kind] if share < 0.6 else self.foreign[kind] if share < 0.75 else otherwise
        values = list(pool) or list(otherwise)
        return values[int(place * len(values))]

    def knows(self, name: str) -> bool:
        """Whether anything of this name exists."""
        return bool(self.own[kind_of(name)] or self.foreign[kind_of(name)])

    def learn(self, message: Message, *, whole: bool = False) -> None:
        """Remembers ids, tokens and tags of an answer; those of a list when it is looked at as a whole."""
        # Of a list only where it goes on: the rest was learnt before, and lists are long.
        token = getattr(message, "next_page_token", None)
        found = texts_of(message) if token is None or whole else [("next_page_token", token)]
        for name, text in found:
            kind = kind_of(name)
            if (name.endswith("_id") or kind in ("page_token", "etag")) and text and text not in self.own[kind]:
                self.own[kind].append(text)

    def forget(self, asked: bytes) -> list[str]:
        """Forgets ids in a request whose answer said that they are gone; the kinds of which none is left."""
        emptied = []
        for kind in MORTAL:
            pool = self.own[kind]
            if gone := [text for text in pool if _stands_in(text, asked)]:
                for text in gone:
                    pool.remove(text)
                emptied += [] if pool else [kind]
        return emptied


def _stands_in(text: str, asked: bytes) -> bool:
    """Whether an id stands in these bytes, and not as a part of another."""
    pattern = rb"(?<![A-Za-z0-9_-])" + re.escape(text.encode()) + rb"(?![A-Za-z0-9_-])"
    return re.search(pattern, asked) is not None


def kind_of(name: str) -> str:
    """What a field is about: `new_task_id`, `last_task_id` and `task_id` are about the same thing."""
    for kind in ("task_id", "page_token"):
        if name.endswith(kind):
            return kind
    return {"retry_of": "task_id", "intents": "intent"}.get(name, name)


def texts_of(message: Message) -> Iterable[tuple[str, str]]:
    """Every text of a message by the name of its field; what maps hold is left out."""
    for descriptor, value in message.ListFields():
        if descriptor.type == descriptor.TYPE_STRING:
            for text in value if descriptor.is_repeated else (value,):
                yield descriptor.name, text
        elif descriptor.message_type is not None and not descriptor.message_type.GetOptions().map_entry:
            for inner in value if descriptor.is_repeated else (value,):
                yield from texts_of(inner)
