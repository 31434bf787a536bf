"""A backup is one moment of a store that is written to, a restored one goes on, and what is not whole is refused."""

import io
import json
import random
import sqlite3
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aion.adapters.identity.pepper import PEPPER_FILE
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import archive, backup, schema
from aion.adapters.storage.connections import connect_file
from aion.adapters.storage.errors import BackupRefused, StoreOwned
from aion.adapters.storage.ownership import owned_directory
from aion.adapters.storage.snapshot import PAGES_A_STEP, problem_of, snapshot
from aion.adapters.storage.sqlite import open_store
from aion.domain.tasks import TaskState
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, claim, eager, key, new_task

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SECRET = b"p" * 32


class Place:
    """A data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "aion.db"
        self.secret = folder / PEPPER_FILE

    def opened(self, clock=None):
        return open_store(f"sqlite:///{self.store}", clock or ManualClock(START), ProcessSignals(), "test")

    def write_secret(self):
        self.secret.write_bytes(SECRET)

    def back_up(self, file):
        return backup.back_up(self.store, self.secret, file, "1.2.3", NOW)

    def restore(self, file):
        return backup.restore(file, self.store, self.secret)

    @property
    def files(self):
        return {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()


@pytest.fixture
def here(tmp_path):
    return Place(tmp_path / "here")


@pytest.fixture
def there(tmp_path):
    return Place(tmp_path / "there")


@pytest.fixture
async def made(here, tmp_path):
    """A backup of a store with one task that runs, one that waits, and a key."""
    async with here.opened() as store:
        here.write_secret()
        await store.accept("acme", accept(new_task("runs"), key("once"), eager("a worker that dies")))
        await store.accept("acme", accept(new_task("waits")))
        file = tmp_path / "backup.tar"
        here.back_up(file)
    return file


async def test_what_is_restored_goes_on_where_the_backup_was_made(made, there):
    """15.4 A restored store is one whose process died at that moment: what ran runs again."""
    manifest, missing = there.restore(made)
    assert (manifest.version, manifest.time, manifest.schema, missing) == ("1.2.3", NOW, schema.revisions()[-1], ())
    assert there.secret.read_bytes() == SECRET
    async with there.opened() as store:
        assert await store.reclaim(SCOPE, "successor", frozenset({"successor"})) == 1
        again = {task.task_id: task.fence for task in await store.claim(SCOPE, claim(10))}
        assert again == {"runs": 2, "waits": 1}
        assert (await store.accept("acme", accept(new_task("another"), key("once")))).task.task_id == "runs"


async def test_backup_and_restored_files_are_for_their_owner_only(made, there):
    there.restore(made)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (made, there.store, there.secret)}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(there.folder.stat().st_mode) == 0o700


async def test_a_backup_without_keys_has_no_secret(here, there, tmp_path):
    async with here.opened():
        assert set(here.back_up(tmp_path / "b.tar").parts) == {backup.STORE}
    there.restore(tmp_path / "b.tar")
    assert there.files == {"aion.db", "owner.lock"}


def test_a_file_that_is_no_backup_is_refused_by_name_and_leaves_no_data_directory(there, tmp_path):
    (tmp_path / "text").write_text("no backup")
    for name, says in (("nope.backup", "no such file"), ("text", "not a whole backup"), (".", "is a directory")):
        with pytest.raises(BackupRefused, match=says) as refused:
            there.restore(tmp_path / name)
        assert str(tmp_path / name) in str(refused.value)
    assert not there.folder.exists()


async def test_the_copy_is_one_moment_and_commits_meanwhile_neither_wait_nor_make_it_begin_again(here, tmp_path):
    """15.3 A backup is one moment of the store; no write waits for it."""
    async with here.opened() as store:
        big = json.dumps({"text": "x" * 500_000})
        for number in range(12):
            await store.accept("acme", accept(new_task(f"task-{number}", input_json=big)))
        writer, pauses = connect_file(here.store), []

        def write_in_the_pause(pause):
            pauses.append(pause)
            with writer:
                writer.execute("UPDATE tasks SET intent = 'changed' || ?", (len(pauses),))

        snapshot(here.store, tmp_path / "copy.db", rest=write_in_the_pause)
        (now,) = writer.execute("SELECT DISTINCT intent FROM tasks").fetchall()
        writer.close()
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        pages = copy.execute("PRAGMA page_count").fetchone()[0]
        assert pages > 3 * PAGES_A_STEP
        assert len(pauses) == (pages - 1) // PAGES_A_STEP
        assert now == (f"changed{len(pauses)}",)
        assert copy.execute("SELECT DISTINCT intent FROM tasks").fetchall() == [("summarize",)]
    assert not list(tmp_path.glob("copy.db-*"))


async def test_a_backup_never_overwrites_and_leaves_nothing_when_it_is_refused(made, here, tmp_path):
    before = made.read_bytes()
    with pytest.raises(BackupRefused, match="exists already"):
        here.back_up(made)
    assert made.read_bytes() == before
    with pytest.raises(BackupRefused, match="no store"):
        Place(tmp_path / "nowhere").back_up(tmp_path / "b.tar")
    (tmp_path / "stranger.db").write_bytes(b"no database" * 1000)
    with pytest.raises(BackupRefused, match="cannot be copied"):
        backup.back_up(tmp_path / "stranger.db", here.secret, tmp_path / "b.tar", "1", NOW)
    assert {path.name for path in tmp_path.iterdir()} - {"stranger.db-wal", "stranger.db-shm"} == {
        "backup.tar",
        "here",
        "stranger.db",
    }


async def test_a_directory_that_holds_something_or_is_owned_is_refused_and_stays_as_it_is(made, there):
    with owned_directory(there.folder, "a server"), pytest.raises(StoreOwned):
        there.restore(made)
    (there.folder / "notes.txt").write_text("mine")
    with pytest.raises(BackupRefused, match=r"not empty \(notes\.txt\)"):
        there.restore(made)
    assert there.files == {"notes.txt", "owner.lock"}
    (there.folder / "notes.txt").unlink()
    there.restore(made)
    with pytest.raises(BackupRefused, match="not empty"):
        there.restore(made)


async def test_a_store_elsewhere_is_not_overwritten_either(made, there, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "store.sqlite"
    elsewhere.parent.mkdir()
    (tmp_path / "elsewhere" / "store.sqlite-wal").write_text("")
    with pytest.raises(BackupRefused, match="sqlite-wal"):
        backup.restore(made, elsewhere, there.secret)
    assert not there.secret.exists()


async def test_a_truncated_backup_is_refused_wherever_it_ends(made, there, tmp_path):
    whole = made.read_bytes()
    needed = len(whole.rstrip(b"\0"))
    short = tmp_path / "short.tar"
    for length in [0, 1, 511, 512, 600, 1024, 1536, *range(2048, needed, needed // 15), needed - 1]:
        short.write_bytes(whole[:length])
        with pytest.raises(BackupRefused, match="take another"):
            there.restore(short)
        assert there.files <= {"owner.lock"}


async def test_a_changed_backup_is_refused_or_gives_the_very_same_bytes(made, here, tmp_path):
    dice = random.Random(7)
    whole, changed = made.read_bytes(), tmp_path / "changed.tar"
    refused = 0
    for number in range(60):
        # Half of them in headers and manifest, where a change means most.
        at = dice.randrange(4096 if number % 2 else len(whole))
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ dice.randrange(1, 256)]) + whole[at + 1 :])
        place = Place(tmp_path / f"place-{number}")
        try:
            place.restore(changed)
        except BackupRefused:
            assert place.files <= {"owner.lock"}
            refused += 1
        else:
            with tarfile.open(made) as tar:
                assert place.store.read_bytes() == tar.extractfile(backup.STORE).read()
            assert place.secret.read_bytes() == SECRET
    assert refused > 30


def rewritten(made, to, change):
    """The backup, its members passed through `change`: a list of (TarInfo, bytes)."""
    with tarfile.open(made) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    members = change(members)
    with tarfile.open(to, "w") as tar:
        for member, content in members:
            if member.isreg():
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return to


def named(name, content=b"evil", kind=tarfile.REGTYPE):
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
    return member, content if kind == tarfile.REGTYPE else b""


def manifest_with(**changes):
    def change(members):
        (member, content), *others = members
        document = json.loads(content)
        for name, value in changes.items():
            document[name] = value(document[name]) if callable(value) else value
        return [(member, json.dumps(document).encode()), *others]

    return change


CHANGES = {
    "a path that climbs": lambda members: [*members, named("../evil")],
    "an absolute path": lambda members: [*members, named("/evil")],
    "a path that climbs, first": lambda members: [named("../evil"), *members],
    "a climbing name in the place of the store": lambda members: [members[0], named("../../aion.db"), *members[2:]],
    "a link in the place of the store": lambda members: [
        members[0],
        named(backup.STORE, kind=tarfile.SYMTYPE),
        *members[2:],
    ],
    "a hard link in the place of the secret": lambda members: [
        *members[:2],
        named(PEPPER_FILE, kind=tarfile.LNKTYPE),
    ],
    "a device": lambda members: [members[0], named(backup.STORE, kind=tarfile.CHRTYPE), *members[2:]],
    "a part twice": lambda members: [*members, members[1]],
    "another order": lambda members: [members[0], members[2], members[1]],
    "a missing part": lambda members: members[:2],
    "no manifest": lambda members: members[1:],
    "another secret": lambda members: [*members[:2], (members[2][0], b"q" * 32)],
    "a larger manifest than anybody needs": lambda members: [(members[0][0], b" " * 100_000), *members[1:]],
    "a manifest that is no JSON": lambda members: [(members[0][0], b"{"), *members[1:]],
    "a manifest that is a list": lambda members: [(members[0][0], b"[]"), *members[1:]],
    "a manifest that is a deep list": lambda members: [(members[0][0], b"[" * 60_000), *members[1:]],
    "another format": manifest_with(format=2),
    "a time that is none": manifest_with(time="yesterday"),
    "a part with a path": manifest_with(parts=lambda parts: {**parts, "../evil": parts[backup.STORE]}),
    "no store": lambda members: manifest_with(parts=lambda parts: {PEPPER_FILE: parts[PEPPER_FILE]})(
        [members[0], members[2]]
    ),
    "another migration": manifest_with(schema=lambda _: schema.revisions()[0]),
    **{
        f"a size of {size}": manifest_with(
            parts=lambda parts, size=size: {name: {**part, "bytes": size} for name, part in parts.items()}
        )
        for size in (float("inf"), 1e308, True, -1, "9")
    },
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_backup_that_is_not_what_its_manifest_says_is_refused_and_writes_nothing(made, tmp_path, change):
    evil = rewritten(made, tmp_path / "evil.tar", change)
    place = Place(tmp_path / "deep" / "er" / "place")
    with pytest.raises(BackupRefused):
        place.restore(evil)
    assert place.files <= {"owner.lock"}
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != tmp_path / "here"]
    assert {path.name for path in outside} <= {"backup.tar", "evil.tar", "owner.lock"}


def _header(kind, size):
    member = tarfile.TarInfo("x")
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
@pytest.mark.parametrize(("size", "times"), [(1 << 40, 1), (1 << 62, 1), (0, 2000)])
@pytest.mark.parametrize("first", [True, False])
async def test_a_header_that_announces_the_moon_is_refused_and_not_read(
    made, there, tmp_path, kind, size, times, first
):
    whole, evil = made.read_bytes(), tmp_path / "evil.tar"
    # The manifest's header and its block are the first 1024 bytes.
    strange = _header(kind, size) * times
    evil.write_bytes(strange + whole if first else whole[:1024] + strange + whole[1024:])
    with pytest.raises(BackupRefused, match="take another"):
        there.restore(evil)
    assert there.files <= {"owner.lock"}


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        ("CREATE TRIGGER evil AFTER INSERT ON tasks BEGIN DELETE FROM api_keys; END", "the trigger 'evil'"),
        ("CREATE VIEW evil AS SELECT 1", "the view 'evil'"),
        ("create virtual table evil using fts5(a)", "the virtual table 'evil'"),
    ],
)
async def test_a_store_that_would_run_what_somebody_wrote_into_it_is_refused(here, there, tmp_path, strange, said):
    """15.6 A store with triggers, views or virtual tables is no store of AION."""
    async with here.opened():
        snapshot(here.store, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        copy.execute(strange)
    copy.close()
    revision = schema.revisions()[-1]
    assert said in problem_of(tmp_path / "copy.db", revision)
    parts = {backup.STORE: tmp_path / "copy.db"}
    held = {name: archive.part_of(path) for name, path in parts.items()}
    archive.write_archive(tmp_path / "evil.tar", archive.Manifest("1", revision, NOW, held), parts)
    with pytest.raises(BackupRefused, match=said):
        there.restore(tmp_path / "evil.tar")
    assert there.files <= {"owner.lock"}


async def test_a_backup_of_a_newer_version_is_refused_and_names_it(made, there, tmp_path):
    newer = rewritten(made, tmp_path / "newer.tar", manifest_with(schema="9999", aion="9.8.7"))
    with pytest.raises(BackupRefused, match=r"9\.8\.7"):
        there.restore(newer)


async def test_a_backup_of_an_older_version_says_which_migrations_it_needs(there, tmp_path):
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    connection.close()
    backup.back_up(old, tmp_path / "none", tmp_path / "old.tar", "0.0.1", NOW)
    manifest, missing = there.restore(tmp_path / "old.tar")
    assert (manifest.schema, missing) == ("0001", schema.revisions()[1:])


async def test_a_file_that_somebody_else_made_meanwhile_is_not_overwritten(here, tmp_path, monkeypatch):
    async with here.opened():
        file = tmp_path / "b.tar"

        def write_first(*given):
            file.write_text("mine")
            archive.write_archive(*given)

        monkeypatch.setattr(backup, "write_archive", write_first)
        with pytest.raises(BackupRefused, match="exists already"):
            here.back_up(file)
    assert file.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"here", "b.tar"}


async def test_the_restored_task_is_the_task(made, there):
    there.restore(made)
    async with there.opened() as store:
        waiting = await store.get("acme", "waits")
    assert (waiting.state, waiting.input_json) == (TaskState.PENDING, new_task("waits").input_json)
