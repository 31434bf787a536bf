"""Verifying fails closed: what a stranger did to a layout is refused with a sentence, and nothing is installed."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aion.adapters.packages.artifact import digest_of
from aion.adapters.packages.refusals import PackageRefused
from aion.app.composition.module_room import install, pack, verify

REF_NAME = "org.opencontainers.image.ref.name"


class Stranger:
    """Somebody who changes a layout, and mends what refers to what was changed so far as they like."""

    def __init__(self, layout: Path) -> None:
        self.layout = layout

    @property
    def index(self) -> dict[str, Any]:
        return json.loads((self.layout / "index.json").read_bytes())

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.path(self.index["manifests"][0]["digest"]).read_bytes())

    def path(self, digest: str) -> Path:
        return self.layout / "blobs" / "sha256" / digest.removeprefix("sha256:")

    def put(self, document: object) -> dict[str, Any]:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.path(digest_of(content)).write_bytes(content)
        return {"digest": digest_of(content), "size": len(content)}

    def edit_index(self, edit: Callable[[dict[str, Any]], object]) -> None:
        index = self.index
        edit(index)
        (self.layout / "index.json").write_text(json.dumps(index))

    def edit_manifest(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """The index refers to the changed manifest rightly."""
        manifest = self.manifest
        edit(manifest)
        self.edit_index(lambda index: index["manifests"][0].update(self.put(manifest)))

    def edit_config(self, edit: Callable[[dict[str, Any]], object]) -> None:
        config = json.loads(self.path(self.manifest["config"]["digest"]).read_bytes())
        edit(config)
        self.edit_manifest(lambda manifest: manifest["config"].update(self.put(config)))

    def edit_layer(self, title: str, content: bytes) -> None:
        self.edit_manifest(lambda manifest: layer(manifest, title).update(self.put(content)))


def layer(manifest: dict[str, Any], title: str) -> dict[str, Any]:
    (found,) = [each for each in manifest["layers"] if each["annotations"]["org.opencontainers.image.title"] == title]
    return found


def titled(title: str) -> dict[str, str]:
    return {"org.opencontainers.image.title": title}


def retitled(manifest: dict[str, Any], title: str) -> None:
    layer(manifest, "README.md")["annotations"]["org.opencontainers.image.title"] = title


def damaged(stranger: Stranger) -> None:
    path = stranger.path(layer(stranger.manifest, "says.wasm")["digest"])
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def linked(stranger: Stranger) -> None:
    path = stranger.path(layer(stranger.manifest, "README.md")["digest"])
    path.rename(stranger.layout / "beside")
    path.symlink_to(stranger.layout / "beside")


def linked_folder(stranger: Stranger) -> None:
    (stranger.layout / "blobs").rename(stranger.layout / "elsewhere")
    (stranger.layout / "blobs").symlink_to(stranger.layout / "elsewhere")


def cut(stranger: Stranger) -> None:
    path = stranger.path(layer(stranger.manifest, "says.wasm")["digest"])
    path.write_bytes(path.read_bytes()[:-1])


ATTACKS: dict[str, tuple[Callable[[Stranger], object], str]] = {
    "a blob with one bit turned": (damaged, "other bytes than its digest says"),
    "a blob that is cut off": (cut, "it is cut off"),
    "a blob that is not there": (
        lambda s: s.path(layer(s.manifest, "README.md")["digest"]).unlink(),
        "cannot be read as a file",
    ),
    "a blob that is a link": (linked, "cannot be read as a file"),
    "a folder of blobs that is a link": (linked_folder, "is a link"),
    "a size that is a lie": (
        lambda s: s.edit_manifest(lambda m: layer(m, "README.md").update(size=1)),
        "larger than 1 bytes",
    ),
    "a size that is no size": (
        lambda s: s.edit_manifest(lambda m: layer(m, "README.md").update(size=-1)),
        "has no size",
    ),
    "a size that would fill the disk": (
        lambda s: s.edit_manifest(lambda m: layer(m, "says.wasm").update(size=1 << 40)),
        "the most is",
    ),
    "a digest of another kind": (
        lambda s: s.edit_manifest(lambda m: layer(m, "README.md").update(digest="sha512:" + "0" * 128)),
        "no sha256 digest",
    ),
    "a digest that is a path": (
        lambda s: s.edit_manifest(lambda m: layer(m, "README.md").update(digest="sha256:../../../etc/passwd")),
        "no sha256 digest",
    ),
    "a title that climbs": (lambda s: s.edit_manifest(lambda m: retitled(m, "../README.md")), "no path inside"),
    "a title from the root": (lambda s: s.edit_manifest(lambda m: retitled(m, "/etc/README.md")), "no path inside"),
    "a title that hides": (lambda s: s.edit_manifest(lambda m: retitled(m, ".bashrc.md")), "no path inside"),
    "a title given twice": (
        lambda s: s.edit_manifest(lambda m: m["layers"].append(dict(layer(m, "README.md")))),
        "as an earlier layer has",
    ),
    "a title that is a folder of another": (
        lambda s: s.edit_manifest(
            lambda m: m["layers"].append({**layer(m, "README.md"), "annotations": titled("README.md/more.md")})
        ),
        "has readme.md as a file and as a folder of others",
    ),
    "no title": (lambda s: s.edit_manifest(lambda m: layer(m, "README.md").pop("annotations")), "no path inside"),
    "a file that no package has": (lambda s: s.edit_manifest(lambda m: retitled(m, "evil.json")), "is text/markdown"),
    "a file of another type": (
        lambda s: s.edit_manifest(lambda m: layer(m, "README.md").update(mediaType="application/x-tar")),
        "is application/x-tar, but README.md is text/markdown",
    ),
    "a stray file": (lambda s: s.edit_manifest(lambda m: retitled(m, "notes.md")), "belong to no package"),
    "two modules in one": (
        lambda s: s.edit_manifest(
            lambda m: m["layers"].append(
                {**layer(m, "says.wasm"), "annotations": {"org.opencontainers.image.title": "other.wasm"}}
            )
        ),
        "not exactly one layer",
    ),
    "no layers": (lambda s: s.edit_manifest(lambda m: m.update(layers=[])), "list of 1 to"),
    "too many layers": (lambda s: s.edit_manifest(lambda m: m.update(layers=m["layers"] * 100)), "list of 1 to"),
    "a manifest of another version": (lambda s: s.edit_manifest(lambda m: m.update(schemaVersion=1)), "schemaVersion"),
    "a config of another type": (
        lambda s: s.edit_manifest(lambda m: m["config"].update(mediaType="application/json")),
        "a newer AION may read it",
    ),
    "a subject that is none": (lambda s: s.edit_manifest(lambda m: m.update(subject="a")), "not a descriptor"),
    "another ABI": (lambda s: s.edit_config(lambda c: c.update(abi="2")), "speaks module ABI '2'"),
    "a requirement that nobody knows": (
        lambda s: s.edit_config(lambda c: c.update(requires=["gpu"])),
        "requires what this AION does not know: gpu",
    ),
    "a config that promises less fuel": (
        lambda s: s.edit_config(lambda c: c["limits"].update(fuel=1)),
        "its package says",
    ),
    "a config with a number for a truth": (
        lambda s: s.edit_config(lambda c: c.update(deterministic=0)),
        "says deterministic 0, its package says False",
    ),
    "a config with a fraction for a number": (
        lambda s: s.edit_config(lambda c: c["limits"].update(memory_bytes=float(c["limits"]["memory_bytes"]))),
        "says limits",
    ),
    "a name for registries that is not its own": (
        lambda s: s.edit_manifest(lambda m: m["annotations"].update(titled("trusted-thing"))),
        "'trusted-thing', its package says 'says'",
    ),
    "a version for registries that is not its own": (
        lambda s: s.edit_manifest(lambda m: m["annotations"].update({"org.opencontainers.image.version": "9.9.9"})),
        "'9.9.9', its package says '1.0.0'",
    ),
    "a license for registries that is not its own": (
        lambda s: s.edit_manifest(lambda m: m["annotations"].update({"org.opencontainers.image.licenses": "Other"})),
        "'Other', its package says 'MIT'",
    ),
    "authors that the package does not name": (
        lambda s: s.edit_manifest(lambda m: m["annotations"].update({"org.opencontainers.image.authors": "Somebody"})),
        "'Somebody', its package says None",
    ),
    "an entry that is called otherwise": (
        lambda s: s.edit_index(lambda i: i["manifests"][0].update(annotations={REF_NAME: "evil@9.9.9"})),
        "is listed as 'evil@9.9.9', its package is says@1.0.0",
    ),
    "an entry that is called otherwise as well": (
        lambda s: s.edit_index(
            lambda i: i["manifests"].insert(0, {**i["manifests"][0], "annotations": {REF_NAME: "evil@9.9.9"}})
        ),
        "is listed as 'evil@9.9.9', its package is says@1.0.0",
    ),
    "a config of another module": (lambda s: s.edit_config(lambda c: c.update(name="redact")), "its package says"),
    "a module that is no WebAssembly": (lambda s: s.edit_layer("says.wasm", b"#!/bin/sh"), "is broken"),
    "a manifest that nobody can name": (lambda s: s.edit_layer("manifest.yaml", b"kind: Pod"), "holds no package"),
    "a schema that is none": (lambda s: s.edit_layer("schemas/input.json", b"[]"), "is broken"),
    "an index that is no JSON": (lambda s: (s.layout / "index.json").write_text("{"), "not JSON"),
    "an index that is a list": (lambda s: (s.layout / "index.json").write_text("[]"), "no JSON object"),
    "an index without manifests": (lambda s: s.edit_index(lambda i: i.pop("manifests")), "no image index"),
    "an index with too many": (
        lambda s: s.edit_index(lambda i: i.update(manifests=i["manifests"] * 1001)),
        "has 1001 entries",
    ),
    "a manifest that is larger than any module's": (
        lambda s: s.edit_manifest(lambda m: m["annotations"].update(more="x" * (1 << 18))),
        "the most is 262144",
    ),
    "manifests that are too much together": (
        lambda s: s.edit_index(
            lambda i: i.update(
                manifests=[{**i["manifests"][0], "digest": f"sha256:{at:064}", "size": 1 << 18} for at in range(65)]
            )
        ),
        "has manifests of 17039360 bytes in all, the most is 16777216",
    ),
    "an empty index": (lambda s: s.edit_index(lambda i: i.update(manifests=[])), "holds no module"),
    "another version of layouts": (
        lambda s: (s.layout / "oci-layout").write_text('{"imageLayoutVersion":"2.0.0"}'),
        "does not say imageLayoutVersion 1.0.0",
    ),
}


@pytest.fixture
def stranger(author, tmp_path) -> Stranger:
    pack([author.package()], tmp_path / "layout")
    return Stranger(tmp_path / "layout")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_layout_that_was_tampered_with_is_refused(stranger, attack, settings):
    change, says = ATTACKS[attack]
    change(stranger)
    with pytest.raises(PackageRefused, match=says):
        verify(str(stranger.layout))
    with pytest.raises(PackageRefused, match=says):
        install(settings, str(stranger.layout), replace=False)
    assert not list(settings.shelf.glob("[!.]*"))


def test_what_refers_to_a_module_by_subject_is_tolerated(stranger):
    subject = stranger.index["manifests"][0]
    signature = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.example.signature",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", **stranger.put(b"{}")},
        "layers": [],
        "subject": {name: subject[name] for name in ("mediaType", "digest", "size")},
    }
    entry = {"mediaType": signature["mediaType"], **stranger.put(signature)}
    stranger.edit_index(lambda index: index["manifests"].insert(0, entry))
    (found,) = verify(str(stranger.layout))
    assert found.digest == subject["digest"]


def test_a_config_may_say_more_than_is_known(stranger):
    stranger.edit_config(lambda config: config.update(colour="green"))
    assert len(verify(str(stranger.layout))) == 1


def test_annotations_and_names_that_claim_nothing_of_the_package_are_free(stranger):
    stranger.edit_manifest(lambda manifest: manifest["annotations"].update({"org.example.colour": "green"}))
    stranger.edit_index(lambda index: index["manifests"][0].update(annotations={REF_NAME: "latest"}))
    assert len(verify(str(stranger.layout))) == 1


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
