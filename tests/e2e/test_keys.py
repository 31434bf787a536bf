"""`aion keys`: made offline or beside a server, listed without their secret, and gone soon after they are revoked."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from aion.app.commands.keys import key_table
from tests.e2e.answers import Document, Refusal, Refused
from tests.e2e.callers import Caller, MakeCaller, task_request
from tests.e2e.faces import BY_NAME, Face, collect, refusal
from tests.e2e.patience import eventually
from tests.e2e.processes import Running, command, issue_key, new_tenant

INFO, STREAM = BY_NAME["GetServerInfo"], BY_NAME["Stream"]


def test_keys_are_made_listed_and_revoked_without_a_server(tmp_path: Path):
    made = command(tmp_path, "keys", "create", "billing", "--tenant", "acme", "--scope", "tasks:read")
    assert (made.code, made.stdout.startswith("aion_")) == (0, True), made.stderr
    text = made.stdout.strip()
    key_id = text.split("_")[1]
    listed = command(tmp_path, "keys", "list", "--tenant", "acme").stdout
    assert "billing" in listed
    assert "valid" in listed
    assert text not in listed
    revoked = command(tmp_path, "keys", "revoke", key_id, "--tenant", "acme")
    assert (revoked.code, f"{key_id} is revoked" in revoked.stderr) == (0, True)
    assert "revoked" in command(tmp_path, "keys", "list", "--tenant", "acme").stdout


def test_a_list_of_keys_says_where_it_looked_and_gives_ids_that_revoke_takes(tmp_path: Path):
    made = command(tmp_path, "keys", "create", "billing", "--tenant", "acme", COLUMNS="20")
    key_id = made.stdout.split("_")[1]
    nothing = command(tmp_path, "keys", "list")
    assert (nothing.code, nothing.stdout) == (0, "")
    assert f"no keys in tenant default of {tmp_path}; --tenant names another" in nothing.stderr
    listed = command(tmp_path, "keys", "list", "--tenant", "acme", COLUMNS="20")
    assert f"keys of tenant acme in {tmp_path}" in listed.stderr
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()] == ["id", key_id]
    elsewhere = command(tmp_path, "keys", "revoke", key_id)
    assert (elsewhere.code, f"no key {key_id} in tenant default" in elsewhere.stderr) == (1, True)


def test_keys_whose_secret_is_gone_are_void_until_they_are_given_up_knowingly(tmp_path: Path):
    """15.8 The secret beside a store is never replaced while a key in force or a webhook needs it."""
    pepper = tmp_path / "api-keys.pepper"
    assert command(tmp_path, "keys", "create", "billing").code == 0
    pepper.unlink()
    listed = command(tmp_path, "keys", "list")
    assert (listed.stdout.splitlines()[1].split("\t")[-1], "without it no key" in listed.stderr) == ("void", True)
    for arguments in (["serve"], ["dev"], ["keys", "create", "another"], ["backup", str(tmp_path / "b.tar")]):
        refused = command(tmp_path, *arguments, AION_GRPC_LISTEN="127.0.0.1:0", AION_HTTP_LISTEN="127.0.0.1:0")
        assert (refused.code, f"{pepper} is gone" in refused.stderr) == (1, True), refused.stderr
        assert not pepper.exists()
    unsaid = command(tmp_path, "keys", "begin-anew")
    assert (unsaid.code, "say --secret-is-lost" in unsaid.stderr) == (1, True)
    assert command(tmp_path, "keys", "list").stdout == listed.stdout
    anew = command(tmp_path, "keys", "begin-anew", "--secret-is-lost")
    assert (anew.code, "1 API key given up" in anew.stderr) == (0, True), anew.stderr
    assert command(tmp_path, "keys", "create", "billing").code == 0
    states = [line.split("\t")[-1] for line in command(tmp_path, "keys", "list").stdout.splitlines()]
    assert states == ["state", "revoked", "valid"]


def test_the_table_of_keys_never_cuts_an_id():
    key_id = "1TzHKOc5OacB4x7Q"
    page = Console(width=60, file=StringIO(), record=True)
    page.print(key_table([(key_id, "billing", "tasks:read " * 9, "2026-11-21 14:00", "never", "valid")]))
    assert key_id in page.export_text()


def test_a_scope_that_does_not_exist_makes_no_key(tmp_path: Path):
    refused = command(tmp_path, "keys", "create", "billing", "--scope", "tasks:wirte")
    assert (refused.code, refused.stdout) == (1, "")
    assert "did you mean tasks:write" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_a_key_made_while_the_server_runs_works_until_it_is_revoked(server: Running, callers: MakeCaller):
    """4.7 A stream's credentials are looked at again at least every five seconds."""
    tenant = new_tenant()
    key_id, text = issue_key(server.data, tenant, "short-lived")
    caller, witness = callers(tenant=tenant, key=text), callers(tenant=tenant)
    streams = [asyncio.ensure_future(_cut(face)) for face in caller.faces]
    assert await caller.grpc.unary(INFO, INFO.request())

    async def both_run() -> list[Document]:
        assert not any(stream.done() for stream in streams)
        tasks = await witness.tasks()
        return tasks if len(tasks) == len(streams) else []

    running = await eventually(both_run, "both streams have a task")
    revoked = command(server.data, "keys", "revoke", key_id, "--tenant", tenant)
    assert revoked.code == 0, revoked.stderr
    for refused in [await _refused(caller), *await asyncio.gather(*streams)]:
        assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
        assert text not in refused.message
    for task in running:
        assert (await witness.cancel(task["task_id"]))["task_id"] == task["task_id"]


async def _cut(face: Face) -> Refusal:
    """Why a stream that would not end was broken off."""
    return await refusal(face, STREAM, task_request(intent="endless"))


async def _refused(caller: Caller) -> Refusal:
    """The refusal of an ordinary call, as soon as there is one."""

    async def look() -> Refusal | None:
        try:
            await caller.rest.unary(INFO, INFO.request())
        except Refused as refused:
            return refused.refusal
        return None

    return await eventually(look, "a revoked key is refused")


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
async def test_a_key_comes_in_either_header(server: Running, callers: MakeCaller, header):
    caller = callers(key="")
    text = server.key(caller.tenant)
    headers = {header: f"Bearer {text}" if header == "authorization" else text}
    for face in caller.faces:
        assert await face.unary(INFO, INFO.request(), headers)
    assert await collect(caller.grpc, STREAM, task_request(), headers)
