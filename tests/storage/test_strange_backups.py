"""A backup that is not as AION made it is refused and writes nothing: cut, changed, forged, or of a newer version."""

import io
import json
import random
import sqlite3
import tarfile

import pytest

from aion.adapters.identity.pepper import PEPPER_FILE
from aion.adapters.storage import schema
from aion.adapters.storage.backups import archive, backup
from aion.adapters.storage.backups.snapshot import problem_of, snapshot
from aion.adapters.storage.errors import BackupRefused
from tests.storage.places import NOW, SECRET, Place


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


def with_a_byte_more_than_it_has(parts):
    """The size of the store is wrong, its digest right."""
    return {**parts, backup.STORE: {**parts[backup.STORE], "bytes": parts[backup.STORE]["bytes"] + 1}}


SAID_OF_A_PART = {
    "a size that is another one": (
        manifest_with(parts=with_a_byte_more_than_it_has),
        r"damaged or no backup of AION: store\.db has (\d+) bytes, not (?!\1;)\d+; take another$",
    ),
    "a long name in the place of the store": (
        lambda members: [members[0], named("x" * 70), *members[2:]],
        rf"AION: it holds '{'x' * 64}' where the plain file store\.db is expected; take another$",
    ),
}


@pytest.mark.parametrize(("change", "why"), SAID_OF_A_PART.values(), ids=SAID_OF_A_PART)
async def test_what_is_wrong_with_a_part_is_said_in_one_short_line(made, there, tmp_path, change, why):
    with pytest.raises(BackupRefused, match=why):
        there.restore(rewritten(made, tmp_path / "evil.tar", change))


SAID_OF_A_MANIFEST = {
    "a part with a path": (CHANGES["a part with a path"], "'../evil' is no name of a part"),
    "a part with a long path": (manifest_with(parts={"x/" * 1000: {}}), f"'{'x/' * 32}' is no name of a part"),
    "a size that is no number": (CHANGES["a size of 9"], "9 is no number of bytes"),
}


@pytest.mark.parametrize(("change", "why"), SAID_OF_A_MANIFEST.values(), ids=SAID_OF_A_MANIFEST)
async def test_what_is_wrong_with_a_manifest_is_said_in_one_short_line(made, there, tmp_path, change, why):
    evil = rewritten(made, tmp_path / "evil.tar", change)
    with pytest.raises(BackupRefused) as refused:
        there.restore(evil)
    said = f"{evil} is damaged or no backup of AION: its manifest cannot be read ({why}); take another"
    assert str(refused.value) == said


async def test_why_a_header_cannot_be_read_is_quoted_within_the_line(made, there, tmp_path):
    whole, evil = made.read_bytes(), tmp_path / "evil.tar"
    # The manifest's header and its block are the first 1024 bytes; its header is followed by one that announces much.
    evil.write_bytes(whole[:1024] + _header(tarfile.GNUTYPE_LONGNAME, 1 << 40) + whole[1024:])
    said = f"{evil} is damaged or no backup of AION: a header cannot be read (a header announces {1 << 40} bytes)"
    with pytest.raises(BackupRefused) as refused:
        there.restore(evil)
    assert str(refused.value) == f"{said}; take another"


@pytest.mark.parametrize("size", [0, 1, 4 << 20])
def test_up_to_four_mebibytes_are_read_at_one_go(tmp_path, size):
    (tmp_path / "file").write_bytes(b"x" * (5 << 20))
    with archive._InPieces((tmp_path / "file").open("rb", buffering=0)) as stream:
        assert len(stream.read(size)) == size


@pytest.mark.parametrize("size", [None, -1, (4 << 20) + 1])
def test_more_is_not_read_whatever_a_header_announces(tmp_path, size):
    (tmp_path / "file").write_bytes(b"x" * (5 << 20))
    raw, refused = (tmp_path / "file").open("rb", buffering=0), f"a header announces {size} bytes"
    with archive._InPieces(raw) as stream, pytest.raises(tarfile.ReadError, match=refused):
        stream.read(size)


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
