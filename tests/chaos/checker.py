"""Judges a recorded history against what AION promises after a crash (docs/semantics.md 1, 2, 4, 5 and 11).

It knows nothing of servers or stores: it is given what a client saw and what was there in the end, and names every
promise that the two break together. Each rule is one function, so that a planted violation can be shown to be caught.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from tests.chaos.history import Asked, Call, EndedTask, FinalState, Outcome, SeenEvent, SeenTask

LOSSES_UNTIL_POISON = 4
ROUNDED_MS = 1.0
NO_TURN = "NO_TURN"
"""Of an attempt that never began, which the next one replaces (2.4)."""


def violations(history: Sequence[Call], asked: Mapping[str, Asked], final: FinalState) -> list[str]:
    """Every broken promise as a sentence; empty when all were kept."""
    by_id = {ended.task.task_id: ended for ended in final.tasks}
    return [
        *final.damage,
        *_a_key_names_one_task(history, asked, final),
        *_what_was_seen_exists(history, by_id),
        *_answers_are_of_what_was_asked(history),
        *_lists_leave_nothing_out(history),
        *_ended_states_stay(history, by_id),
        *_attempts_only_grow(history, by_id),
        *_nothing_goes_back(history),
        *_events_stay(history, by_id),
        *_watches_come_to_the_end(history),
        *_cancels_are_kept(history, by_id),
        *(broken for ended in final.tasks for broken in _each_task(ended, asked, final)),
    ]


def _a_key_names_one_task(history: Sequence[Call], asked: Mapping[str, Asked], final: FinalState) -> Iterator[str]:
    for key, count in Counter(ended.task.key for ended in final.tasks).items():
        if count > 1:
            yield f"key {key} made {count} tasks"
        if key not in asked:
            yield f"a task carries the key {key}, which nobody submitted"
    made = {ended.task.key: ended.task.task_id for ended in final.tasks}
    for key, task_id in final.keys.items():
        if made.get(key) != task_id:
            yield f"the store holds key {key} for {task_id}, its task is {made.get(key)}"
    for call in history:
        if call.method == "submit" and call.task is not None:
            if call.task.key != call.key:
                yield f"a submit of key {call.key} was answered with the task of key {call.task.key}"
            if made.get(call.key) != call.task.task_id:
                yield f"key {call.key} was acknowledged as {call.task.task_id}, in the end it is {made.get(call.key)}"


def _what_was_seen_exists(history: Sequence[Call], by_id: Mapping[str, EndedTask]) -> Iterator[str]:
    for call in history:
        task_id = call.task.task_id if call.task is not None else call.task_id
        if call.outcome is Outcome.ANSWERED and task_id and task_id not in by_id:
            yield f"{call.method} was answered with task {task_id}, which is lost"
        if call.outcome is Outcome.REFUSED and call.reason == "TASK_NOT_FOUND":
            yield f"{call.method} did not find task {call.task_id}, which had been acknowledged"
        if call.outcome is Outcome.REFUSED and not call.reason:
            yield f"{call.method} of {call.key or call.task_id} was refused without a typed reason"
        if call.reason == "INTERNAL":
            yield f"{call.method} of {call.key or call.task_id} met a defect"


def _answers_are_of_what_was_asked(history: Sequence[Call]) -> Iterator[str]:
    for call, task in _seen(history):
        if call.task_id and task.task_id != call.task_id:
            yield f"{call.method} of {call.task_id} was answered with task {task.task_id}"


def _lists_leave_nothing_out(history: Sequence[Call]) -> Iterator[str]:
    submits = [call for call in history if call.method == "submit" and call.outcome is Outcome.ANSWERED and call.task]
    for call in history:
        if call.method != "list" or call.outcome is not Outcome.ANSWERED:
            continue
        before = {submit.task.task_id for submit in submits if submit.task and submit.ended < call.began}
        for task_id in sorted(before - call.listed):
            yield f"a list that began after {task_id} was accepted leaves it out"


def _ended_states_stay(history: Sequence[Call], by_id: Mapping[str, EndedTask]) -> Iterator[str]:
    ended_at: dict[str, int] = {}
    for call, task in _seen(history):
        if task.ended:
            ended_at[task.task_id] = min(call.ended, ended_at.get(task.task_id, call.ended))
            last = by_id.get(task.task_id)
            if last is not None and task != last.task:
                yield f"{task.task_id} was seen to end {task.state}, then changed: {task} became {last.task}"
    for call, task in _seen(history):
        if not task.ended and call.began > ended_at.get(task.task_id, call.began):
            yield f"{task.task_id} had ended and was then seen {task.state}"


def _attempts_only_grow(history: Sequence[Call], by_id: Mapping[str, EndedTask]) -> Iterator[str]:
    for _, task in _seen(history):
        last = by_id.get(task.task_id)
        if last is None:
            continue
        known = {attempt.number: attempt for attempt in last.task.attempts}
        for attempt in task.attempts:
            if attempt.number not in known:
                # One that had no turn is gone once the next began; while it waited for one it was RUNNING.
                if attempt.outcome != "RUNNING" and attempt.code != NO_TURN:
                    yield f"{task.task_id}: attempt {attempt.number} was seen to end and is gone"
            elif attempt.outcome != "RUNNING" and attempt != known[attempt.number]:
                yield f"{task.task_id}: attempt {attempt.number} had ended and then changed"


def _nothing_goes_back(history: Sequence[Call]) -> Iterator[str]:
    """Whatever one client was shown, a look that begins later shows as much, whoever looks."""
    looks = defaultdict[str, list[Call]](list)
    for call in history:
        if task_id := call.task.task_id if call.task is not None else call.task_id:
            looks[task_id].append(call)
    for task_id, calls in looks.items():
        earlier, offset, attempt = deque(sorted(calls, key=lambda call: call.ended)), 0, 0
        for call in sorted(calls, key=lambda call: call.began):
            while earlier and earlier[0].ended < call.began:
                shown = earlier.popleft()
                offset, attempt = max(offset, _last_offset(shown)), max(attempt, _last_attempt(shown))
            if call.task is not None and _last_offset(call) < offset:
                yield f"{task_id}: offset {offset} had been shown, then {call.method} said {_last_offset(call)}"
            if call.task is not None and _last_attempt(call) < attempt:
                yield f"{task_id}: attempt {attempt} had been shown, then {call.method} said {_last_attempt(call)}"


def _last_offset(call: Call) -> int:
    """How long the log is, as far as this call shows it."""
    return max([call.task.last_offset if call.task is not None else 0, *(event.offset for event in call.events)])


def _last_attempt(call: Call) -> int:
    """The highest attempt that this call shows."""
    attempts = call.task.attempts if call.task is not None else ()
    return max([0, *(attempt.number for attempt in attempts), *(event.attempt for event in call.events)])


def _events_stay(history: Sequence[Call], by_id: Mapping[str, EndedTask]) -> Iterator[str]:
    for call in history:
        if call.method != "watch" or call.task_id not in by_id:
            continue
        offsets = [event.offset for event in call.events]
        if offsets != list(range(call.after_offset + 1, call.after_offset + 1 + len(offsets))):
            yield f"a watch of {call.task_id} after {call.after_offset} had a gap: {offsets}"
        kept = {event.offset: event for event in by_id[call.task_id].events}
        for event in call.events:
            if kept.get(event.offset) != event:
                yield f"{call.task_id}: event {event.offset} was sent as {event} and is now {kept.get(event.offset)}"


def _watches_come_to_the_end(history: Sequence[Call]) -> Iterator[str]:
    for call in history:
        if call.method != "watch" or call.outcome is not Outcome.ANSWERED or call.left:
            continue
        last = call.events[-1].offset if call.events else call.after_offset
        if call.task is None or not call.task.ended:
            yield f"a watch of {call.task_id} after {call.after_offset} was over at {last}, and told no end"
        elif last != call.task.last_offset:
            yield f"a watch of {call.task_id} was over at {last}, its log ends at {call.task.last_offset}"


def _cancels_are_kept(history: Sequence[Call], by_id: Mapping[str, EndedTask]) -> Iterator[str]:
    for call in history:
        if call.method != "cancel" or call.task is None or call.task.task_id not in by_id:
            continue
        state = by_id[call.task.task_id].task.state
        if not call.task.ended and state != "CANCELED":
            yield f"the cancel of {call.task.task_id} was acknowledged, but it ended {state}"


def _each_task(ended: EndedTask, asked: Mapping[str, Asked], final: FinalState) -> Iterator[str]:
    task, events = ended.task, ended.events
    name = task.task_id
    if not task.ended:
        yield f"{name} never ended: it is {task.state}"
        return
    late = task.end_time - max(task.create_time, final.served_from)
    if late > final.bound:
        yield f"{name} ended {late:.1f} s after it could, the bound is {final.bound:.1f} s"
    yield from _its_attempts(task)
    yield from _its_usage(task, events)
    yield from _its_log(task, events)
    if task.state == "OK" and task.key in asked:
        yield from _its_answer(task, events, asked[task.key])
    for fact in ("task.accepted", "task.ended"):
        count = final.facts.get(name, {}).get(fact, 0)
        if count != 1:
            yield f"{name}: the fact {fact} left the outbox {count} times"


def _its_attempts(task: SeenTask) -> Iterator[str]:
    numbers = [attempt.number for attempt in task.attempts]
    if numbers != sorted(set(numbers)):
        yield f"{task.task_id}: the fences do not grow: {numbers}"
    outcomes = [attempt.outcome for attempt in task.attempts]
    if "RUNNING" in outcomes:
        yield f"{task.task_id} has ended, an attempt has not: {outcomes}"
    if outcomes.count("OK") > 1 or (task.state == "OK" and outcomes[-1:] != ["OK"]):
        yield f"{task.task_id} settled more than once, or not by its last attempt: {outcomes}"
    if task.error_code == "TASK_POISONED" and outcomes.count("LOST") < LOSSES_UNTIL_POISON:
        yield f"{task.task_id} is poison after {outcomes.count('LOST')} losses"


def _its_usage(task: SeenTask, events: Sequence[SeenEvent]) -> Iterator[str]:
    usage, spoken = task.usage, sum(event.kind == "TOKEN" for event in events)
    if usage.tokens != spoken:
        yield f"{task.task_id} is charged for {usage.tokens} tokens, its log has {spoken}"
    last = task.attempts[-1].fuel if task.attempts else 0
    if usage.fuel != last:
        yield f"{task.task_id} is charged for {usage.fuel} units of fuel, its last attempt burnt {last}"
    if usage.cost_micros:
        yield f"{task.task_id} is charged {usage.cost_micros} micro-dollars for what is free"
    took = max(task.end_time - task.create_time, 0.0) * 1000
    if abs(usage.latency_ms - took) > ROUNDED_MS:
        yield f"{task.task_id} took {took:.1f} ms, it is said to have taken {usage.latency_ms}"


def _its_log(task: SeenTask, events: Sequence[SeenEvent]) -> Iterator[str]:
    offsets = [event.offset for event in events]
    if offsets != list(range(1, task.last_offset + 1)):
        yield f"{task.task_id}: its offsets have a gap: {offsets}, the last should be {task.last_offset}"
    endings = [event for event in events if event.kind in ("DONE", "ERROR")]
    if len(endings) != 1 or events[-1] != endings[0] or (endings[0].kind == "DONE") != (task.state == "OK"):
        yield f"{task.task_id} ended {task.state}, its log ends {[event.kind for event in endings]}"
    known = {attempt.number for attempt in task.attempts}
    for event in events:
        if event.attempt and event.kind != "RESET" and event.attempt not in known:
            yield f"{task.task_id}: attempt {event.attempt} wrote {event.kind} and is not on record"
    fences = [event.attempt for event in events if event.attempt]
    if fences != sorted(fences):
        yield f"{task.task_id}: something was written under an old fence: {fences}"
    alive: list[SeenEvent] = []
    for event in events:
        if event.kind == "RESET":
            alive = [earlier for earlier in alive if earlier.offset < event.discard_from]
        elif event.kind == "TOKEN":
            if any(earlier.attempt != event.attempt for earlier in alive):
                yield f"{task.task_id}: attempt {event.attempt} spoke after another without a reset"
            alive.append(event)


def _its_answer(task: SeenTask, events: Sequence[SeenEvent], asked: Asked) -> Iterator[str]:
    text = folded(events)
    if text != asked.text:
        yield f"{task.task_id}: its events fold to {text!r}, the engine said {asked.text!r}"
    if json.loads(task.result_json) != json.loads(asked.result_json):
        yield f"{task.task_id}: its result is {task.result_json}, the engine gave {asked.result_json}"
    if events and json.loads(events[-1].data_json or "null") != json.loads(task.result_json):
        yield f"{task.task_id}: its log ends with another result than it has"


def folded(events: Sequence[SeenEvent]) -> str:
    """The text of a log: its tokens without what a RESET made void."""
    pieces: list[tuple[int, str]] = []
    for event in events:
        if event.kind == "TOKEN":
            pieces.append((event.offset, event.text))
        elif event.kind == "RESET":
            pieces = [piece for piece in pieces if piece[0] < event.discard_from]
    return "".join(text for _, text in pieces)


def _seen(history: Sequence[Call]) -> Iterator[tuple[Call, SeenTask]]:
    return ((call, call.task) for call in history if call.task is not None)
