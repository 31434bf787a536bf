"""Tars that were written to harm: each is refused with a sentence, at once, and nothing large is ever read."""

import os
from pathlib import Path

import pytest

from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.tars import members_of, open_tar
from aion.app.composition.module_room import verify
from tests.packages.tar_blocks import END, FILE, extended, header

SPARSE = b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
TARS = {
    "a name behind a name, 3,000 times": (extended(b"ab\0", b"L") * 3000 + FILE + END, "oci-layout|index.json"),
    "an extended header behind another, 3,000 times": (extended(b"10 path=a\n") * 3000 + FILE + END, "index.json"),
    "more headers than any layout has": (extended(b"10 path=a\n") * 20_001 + END, "more than 20000 members"),
    "a size below nothing": (header(b"x", b"\xff" * 10 + b"\xfc\0") + END, "no size in octal"),
    "a size that is no number": (header(b"x", b"12345678901x") + END, "no size in octal"),
    "a size of eight gigabytes": (header(b"x", (8 << 30) - 1) + END, "it is cut off"),
    "a folder with content": (header(b"x", 512, b"5") + FILE + END, "has 512 bytes"),
    "an extended size that is no number": (extended(b"20 size=notanumber1\n") + FILE + END, "what lies where"),
    "an extended size below nothing": (extended(b"14 size=-1024\n") + FILE + END, "what lies where"),
    "a sparse file": (extended(SPARSE) + header(b"x", 512) + b"z" * 512 + END, "what lies where"),
    "a sparse file of GNU": (header(b"x", 0, b"S") + END, "is a link or a device"),
    "one name for all": (extended(b"10 path=a\n", b"g") + FILE + END, "one name"),
    "records without a length": (extended(b" a=b\n") + FILE + END, "is damaged"),
    "records of no length": (extended(b"0 a=b\n") + FILE + END, "is damaged"),
    "records of endless length": (extended(b"99999999999999999999 a=b\n") + FILE + END, "is damaged"),
    "a name that is not UTF-8": (header(b"\xff\xfe") + END, "not UTF-8"),
    "a header that was changed": (header(b"x").replace(b"x", b"y", 1) + END, "is damaged"),
    "no end": (FILE, "no end mark"),
    "nothing": (b"", "empty or too short"),
}


@pytest.mark.parametrize("tar", TARS)
def test_a_hostile_tar_is_refused_with_a_sentence(tmp_path, tar):
    content, says = TARS[tar]
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(PackageRefused, match=says):
        verify(str(tmp_path / "a.tar"))


@pytest.mark.parametrize("kind", [b"x", b"g", b"L"])
def test_a_large_extended_header_is_refused_before_it_is_read(tmp_path, kind):
    path, size = tmp_path / "a.tar", 900 << 20
    with path.open("wb") as file:
        file.write(header(b"more", size, kind))
        file.truncate(512 + size)
    with open_tar(path) as stream, pytest.raises(PackageRefused, match="larger than 16384 bytes"):
        list(members_of(stream, path))
    assert stream.closed


def test_a_pipe_is_no_tar_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.tar")
    with pytest.raises(PackageRefused, match="is no regular file"):
        verify(str(tmp_path / "a.tar"))


def test_long_names_of_pax_and_of_gnu_are_read(tmp_path):
    long = "blobs/" + "n" * 200
    record = f"path={long}\n"
    pax = f"{len(record) + 4} {record}".encode()
    path = tmp_path / "a.tar"
    content = header(b"cut", 3) + b"abc".ljust(512, b"\0")
    path.write_bytes(extended(pax) + content + extended(long.encode() + b"\0", b"L") + content + content + END)
    with open_tar(path) as stream:
        found = list(members_of(stream, Path("a.tar")))
    assert [(member.name, member.size) for member in found] == [(long, 3), (long, 3), ("cut", 3)]
