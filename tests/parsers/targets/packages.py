"""A tar that is said to hold an OCI layout of modules: read, and each module verified, as `aion module verify` does."""

import tempfile
from pathlib import Path

from aion.adapters.packages.index import config_blob, modules_in
from aion.adapters.packages.layouts import open_layout
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.verifying import unpack
from tests.packages.tar_blocks import END, FILE, extended, header


def _member(name: str, content: bytes) -> bytes:
    return header(name.encode(), len(content)) + content.ljust(-(-len(content) // 512) * 512, b"\0")


_VERSION = _member("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
_ENTRY = (
    b'{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":2,"artifactType":"",'
    b'"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}'
)
SEEDS = (
    _VERSION + _member("index.json", b'{"schemaVersion":2,"manifests":[]}') + END,
    _VERSION
    + _member("index.json", b'{"schemaVersion":2,"manifests":[' + _ENTRY + b"]}")
    + _member("blobs/sha256/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", b"{}")
    + END,
    extended(b"10 path=a\n") + FILE + END,
    extended(b"ab\0", b"L") + header(b"x", 512, b"5") + END,
)
REFUSALS = (PackageRefused,)
_ROOM = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


def target(data: bytes) -> None:
    """The layout's modules, each put into a folder of its own."""
    with tempfile.TemporaryDirectory(dir=_ROOM) as folder:
        tar = Path(folder) / "a.tar"
        tar.write_bytes(data)
        with open_layout(tar) as layout:
            for number, entry in enumerate(modules_in(layout)):
                config_blob(layout, entry)
                (into := Path(folder) / str(number)).mkdir()
                unpack(layout, entry, into)
