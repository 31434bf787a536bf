"""A layout in a tar of other tools: it is read when it is whole, and refused with more than files in their places."""

import io
import tarfile
from pathlib import Path

import pytest

from aion.adapters.packages.refusals import PackageRefused
from aion.app.composition.module_room import verify


def tar_of(layout: Path, *more: tarfile.TarInfo) -> Path:
    path = layout.with_suffix(".tar")
    with tarfile.open(path, "w") as archive:
        archive.add(layout, arcname=".")
        for member in more:
            archive.addfile(member, io.BytesIO(b"\0" * member.size))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def test_a_tar_of_other_tools_is_read(stranger):
    (found,) = verify(str(tar_of(stranger.layout)))
    assert found.contents.reference == "says@1.0.0"


@pytest.mark.parametrize(
    ("evil", "says"),
    [
        (member("../evil"), "leads out of the layout"),
        (member("/etc/evil"), "leads out of the layout"),
        (member("blobs/link", tarfile.SYMTYPE, "/etc/passwd"), "is a link or a device"),
        (member("blobs/hard", tarfile.LNKTYPE, "index.json"), "is a link or a device"),
        (member("blobs/pipe", tarfile.FIFOTYPE), "is a link or a device"),
        (member("index.json"), "is there twice"),
    ],
    ids=["climbs", "from the root", "link", "hard link", "pipe", "twice"],
)
def test_a_tar_with_anything_but_files_in_their_places_is_refused(stranger, evil, says):
    with pytest.raises(PackageRefused, match=says):
        verify(str(tar_of(stranger.layout, evil)))


@pytest.mark.parametrize("keep", [0, 1, 100, 512, 3000])
def test_a_tar_that_is_cut_off_is_refused(stranger, keep):
    path = tar_of(stranger.layout)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(PackageRefused):
        verify(str(path))


def test_a_file_that_is_no_tar_is_refused(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"\x1f\x8b" + b"no" * 1000)
    with pytest.raises(PackageRefused, match="not a tar that can be read"):
        verify(str(tmp_path / "a.tar"))
