"""Layouts as AION writes them: a folder, to which modules are added, or a tar that is made at once.

A folder is never half a layout for those who begin to read it meanwhile: blobs come first, each by rename, index.json
last, and only then goes what nothing refers to any more. A lock keeps two commands apart. What other tools keep in it
stays, but for the entry that a module of the same name and version had.
"""

import fcntl
import os
import secrets
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import orjson

from aion.adapters.packages import media_types
from aion.adapters.packages.artifact import Artifact, canonical
from aion.adapters.packages.index import modules_in
from aion.adapters.packages.layouts import BLOBS, FolderLayout, is_layout
from aion.adapters.packages.references import referred_to, written_for
from aion.adapters.packages.refusals import PackageRefused

_LAYOUT: Final = canonical({"imageLayoutVersion": media_types.LAYOUT_VERSION})
_EMPTY: Final[Mapping[str, Any]] = {"schemaVersion": 2, "mediaType": media_types.INDEX, "manifests": []}


def write_layout(artifacts: Sequence[Artifact], folder: Path) -> None:
    """Adds modules to the layout in this folder, which is made when it is not there. Raises PackageRefused when the
    folder holds something else, OSError when it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise PackageRefused(f"{folder} is a file; name a folder, or a file that ends in .tar")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone_in(folder):
        index = _index_of(folder)
        before: Sequence[Mapping[str, Any]] = index["manifests"]
        entries = list(before)
        for artifact in artifacts:
            for digest, blob in artifact.blobs.items():
                _write_once(folder / BLOBS / digest.removeprefix("sha256:"), blob)
            entries = [entry for entry in entries if _reference(entry) != artifact.reference]
            entries = [entry for entry in entries if entry.get("digest") != artifact.digest] + [_entry(artifact)]
        _write(folder / media_types.LAYOUT_FILE, _LAYOUT)
        _write(folder / media_types.INDEX_FILE, canonical({**index, "manifests": _in_order(entries)}))
        replaced = {artifact.reference for artifact in artifacts}
        _drop_what_is_left(folder, [entry for entry in before if _reference(entry) in replaced], entries)


def write_tar(artifacts: Sequence[Artifact], path: Path) -> None:
    """A tar of a layout with exactly these modules; the same modules give the same bytes."""
    index = canonical({**_EMPTY, "manifests": _in_order([_entry(each) for each in artifacts])})
    files = {media_types.LAYOUT_FILE: _LAYOUT, media_types.INDEX_FILE: index}
    for artifact in artifacts:
        for digest, blob in artifact.blobs.items():
            files[f"{BLOBS}/{digest.removeprefix('sha256:')}"] = blob
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files, key=lambda name: (name.startswith(BLOBS), name)):
            member = tarfile.TarInfo(name)  # no time, no owner
            member.size, member.mode = len(files[name]), 0o644
            archive.addfile(member, BytesIO(files[name]))
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content.getvalue())


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    # The folder itself is locked: a file for it would be one more thing in the layout.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _index_of(folder: Path) -> Mapping[str, Any]:
    """The index as it stands; of an empty folder an empty one."""
    if not any(folder.iterdir()):
        return _EMPTY
    if not is_layout(folder):
        raise PackageRefused(f"{folder} is there and no OCI layout; name an empty folder, or one that is")
    layout = FolderLayout(folder)
    modules_in(layout)  # refuses what is none
    index: Mapping[str, Any] = orjson.loads(layout.file(media_types.INDEX_FILE, media_types.MAX_INDEX_BYTES))
    return index


def _drop_what_is_left(
    folder: Path, replaced: Sequence[Mapping[str, Any]], standing: Sequence[Mapping[str, Any]]
) -> None:
    """Removes the blobs of modules that were replaced, unless what stands refers to them, or cannot be read."""
    layout = FolderLayout(folder)
    try:
        left = written_for(layout, replaced) - referred_to(layout, standing)
    except PackageRefused:
        return  # what nobody can read may refer to anything
    for digest in left:
        (folder / BLOBS / digest.removeprefix("sha256:")).unlink(missing_ok=True)


def _entry(artifact: Artifact) -> Mapping[str, Any]:
    return {
        "mediaType": media_types.MANIFEST,
        "artifactType": media_types.MODULE,
        "digest": artifact.digest,
        "size": artifact.size,
        "annotations": {media_types.REF_NAME: artifact.reference},
    }


def _reference(entry: Mapping[str, Any]) -> object:
    """What the entry of a module is called by; others keep their names."""
    if entry.get("artifactType") != media_types.MODULE:
        return None
    return (entry.get("annotations") or {}).get(media_types.REF_NAME)


def _in_order(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    modules = [entry for entry in entries if _reference(entry) is not None]
    others = [entry for entry in entries if _reference(entry) is None]
    return [*sorted(modules, key=lambda entry: str(_reference(entry))), *others]


def _write_once(path: Path, content: bytes) -> None:
    # The name is the content's digest; only a file that was damaged has another length or other bytes.
    if not path.is_file() or path.is_symlink() or path.read_bytes() != content:
        _write(path, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
