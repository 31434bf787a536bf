"""What clients do with tasks in a simulated world, and what they expect of the answers."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from aion.domain.errors import (
    Exhausted,
    ExpireTimePast,
    IdempotencyKeyReused,
    NoEligibleEngine,
    TaskNotEnded,
    TaskNotFound,
    Unavailable,
)
from aion.domain.identity import Caller
from aion.domain.tasks import Priority, Task
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import RetryCommand, Steps, SubmitCommand, Submitted
from tests.simulation.asking import TENANTS, Asker, GaveUp
from tests.simulation.catalogue import INTENTS
from tests.simulation.network import Lost
from tests.simulation.processes import Server

Action = Callable[[], Awaitable[None]]

TOO_LATE = (ExpireTimePast, NoEligibleEngine)
"""What a request is refused as that arrives when its expire time has passed, or is nearer than an engine needs."""


class TaskClients:
    """Clients that submit, wait, watch, cancel and read. `calm_since` is when the last disturbance ends."""

    def __init__(self, asker: Asker, calm_since: Callable[[], float]) -> None:
        self.cancels: dict[tuple[str, str], float] = {}
        """When a client was told that a task which still ran will be canceled."""

        self._asker = asker
        self._chance = asker.chance
        self._history = asker.history
        self._calm_since = calm_since
        self._sent: list[tuple[str, SubmitCommand]] = []

    def actions(self) -> dict[Action, float]:
        """What a client may do next, and how often it does."""
        return {
            self.submit: 36,
            self.submit_again: 6,
            self.submit_other_with_same_key: 2,
            self.submit_many: 4,
            self.stream: 7,
            self.watch: 10,
            self.cancel: 9,
            self.read: 6,
            self.read_of_others: 3,
            self.list: 1,
            self.retry: 4,
        }

    async def submit(self) -> None:
        await self._submit(self._chance.one_of(TENANTS), self._command())

    async def submit_again(self) -> None:
        """The same request once more, long after its answer."""
        if self._sent:
            await self._submit(*self._chance.one_of(self._sent))

    async def submit_other_with_same_key(self) -> None:
        """Another request under a key that made a task."""
        used = [(tenant, sent) for tenant, sent in self._sent if (tenant, sent.idempotency_key) in self._history.keys]
        if not used:
            return
        tenant, sent = self._chance.one_of(used)
        other = replace(sent, fingerprint=sent.fingerprint + b"!", task_id="")
        try:
            answer = await self._asker.ask(tenant, lambda server, caller: server.submit(caller, other))
        except (IdempotencyKeyReused, Exhausted, GaveUp, *TOO_LATE):
            return
        self._history.wrong.append(f"the key {sent.idempotency_key} of {tenant} was taken for {answer.task.task_id}")

    async def submit_many(self) -> None:
        tenant = self._chance.one_of(TENANTS)
        commands = [replace(self._command(), wait=timedelta()) for _ in range(self._chance.whole(2, 4))]
        self._sent += [(tenant, command) for command in commands]
        try:
            answers = await self._asker.ask(
                tenant, lambda server, caller: server.batch(caller, commands), in_parts=True
            )
        except GaveUp:
            return
        for command, answer in zip(commands, answers, strict=True):
            if isinstance(answer, Submitted):
                self._history.was_accepted(tenant, answer.task, command.idempotency_key)

    async def stream(self) -> None:
        """Submit and watch in one call; when it breaks, go on by watching, or ask again if nothing came."""
        tenant, command = self._chance.one_of(TENANTS), self._command()
        task_id, offset = "", 0

        def streamed(server: Server, caller: Caller) -> AsyncGenerator[Steps, None]:
            return server.stream(caller, command)

        try:
            async with aclosing(self._asker.follow(tenant, streamed, "", 0)) as coming:
                async for task, reached in coming:
                    offset = reached
                    if task is not None and not task_id:
                        task_id = task.task_id
                        self._history.was_accepted(tenant, task, command.idempotency_key)
        except TOO_LATE:
            return
        except (Lost, Unavailable, Exhausted):
            if task_id:
                await self._asker.watch(tenant, task_id, offset)
            else:
                await self._submit(tenant, command)

    async def watch(self) -> None:
        if (task := self._some_task()) is not None:
            after = 0 if self._chance.happens(0.7) else self._chance.whole(0, 3)
            await self._asker.watch(task.tenant, task.task_id, after)

    async def cancel(self) -> None:
        if (task := self._some_task()) is None:
            return
        try:
            answer = await self._asker.ask_for_task(
                task.tenant, lambda server, caller: server.cancel(caller, task.task_id)
            )
        except GaveUp:
            return
        if not answer.state.ended:
            self.cancels.setdefault(task.key, self._asker.loop.time())

    async def read(self) -> None:
        if (task := self._some_task()) is None:
            return
        try:
            await self._asker.ask_for_task(task.tenant, lambda server, caller: server.get(caller, task.task_id))
        except GaveUp:
            return

    async def read_of_others(self) -> None:
        """Nobody learns what another tenant has, nor ends it."""
        if (task := self._some_task()) is None:
            return
        other = self._chance.one_of([tenant for tenant in TENANTS if tenant != task.tenant])
        cancels = self._chance.happens(0.5)
        try:
            found = await self._asker.ask(
                other, lambda server, caller: (server.cancel if cancels else server.get)(caller, task.task_id)
            )
        except (TaskNotFound, GaveUp):
            return
        self._history.wrong.append(f"{other} found {found.key}")

    async def list(self) -> None:
        tenant, size = self._chance.one_of(TENANTS), self._chance.whole(1, 9)
        try:
            page = await self._asker.ask(tenant, lambda server, caller: server.list(caller, TaskFilter(), size, ""))
        except GaveUp:
            return
        self._history.wrong += [
            f"{tenant} was shown {task.key} in a list" for task in page.tasks if task.tenant != tenant
        ]

    async def retry(self) -> None:
        """Do an ended task again."""
        if (task := self._some_task()) is None:
            return
        key = self._asker.name("again")
        command = RetryCommand(task.task_id, key.encode(), idempotency_key=key)
        try:
            answer = await self._asker.ask(task.tenant, lambda server, caller: server.retry(caller, command))
        except (TaskNotEnded, Exhausted, GaveUp):
            return
        self._history.was_accepted(task.tenant, answer.task, key)

    async def _submit(self, tenant: str, command: SubmitCommand) -> None:
        self._sent.append((tenant, command))

        async def submitted(server: Server, caller: Caller) -> Submitted:
            began = self._asker.loop.time()
            answer = await server.submit(caller, command)
            self._check_wait(server, answer, began)
            return answer

        asked = self._asker.loop.time()
        # A copy of it may come late, be refused while the clock is ahead, and tell so after another one was accepted.
        accepted_before = (tenant, command.idempotency_key) in self._history.keys
        try:
            answer = await self._asker.ask(tenant, submitted)
        except (Exhausted, GaveUp):
            return
        except TOO_LATE as refusal:
            if accepted_before:
                self._history.wrong.append(f"{command} of {tenant} was accepted, and is refused when it is sent again")
            elif command.expire_time is None:
                self._history.wrong.append(f"{command} of {tenant} has all the time, and is refused: {refusal}")
            return
        self._history.saw(tenant, answer.task, asked, self._asker.loop.time())
        self._history.was_accepted(tenant, answer.task, command.idempotency_key)

    def _check_wait(self, server: Server, answer: Submitted, began: float) -> None:
        """A waiting call is answered as soon as its task has ended."""
        if answer.task.end_time is None or self._calm_since() >= began:
            return
        now = self._asker.loop.time()
        ended = now - (server.clock.now() - answer.task.end_time).total_seconds()
        if now - max(began, ended) > 0.5:
            self._history.wrong.append(
                f"{answer.task.key} ended at {ended:.3f} s, whoever waited for it since {began:.3f} s was answered at "
                f"{now:.3f} s"
            )

    def _command(self) -> SubmitCommand:
        chance, now = self._chance, self._asker.clock.now()
        name = self._asker.name("task")
        named = chance.happens(0.4)
        return SubmitCommand(
            intent=chance.one_of(INTENTS),
            fingerprint=name.encode(),
            task_id=name if named else "",
            params={"text": name},
            priority=chance.one_of(tuple(Priority)),
            expire_time=now + timedelta(seconds=chance.between(3, 12)) if chance.happens(0.2) else None,
            idempotency_key="" if named and chance.happens(0.5) else f"key-{name}",
            wait=timedelta(seconds=chance.between(0.2, 6)) if chance.happens(0.5) else timedelta(),
            not_before=now + timedelta(seconds=chance.between(0.2, 2)) if chance.happens(0.12) else None,
            max_queue_time=timedelta(seconds=chance.between(0.5, 4)) if chance.happens(0.12) else None,
        )

    def _some_task(self) -> Task | None:
        known = self._history.acknowledged
        return self._chance.one_of(tuple(known.values())) if known else None
