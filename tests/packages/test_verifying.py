"""Verifying fails closed: what a stranger did to a layout is refused with a sentence, and nothing is installed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from aion.adapters.packages.refusals import PackageRefused
from aion.app.composition.module_room import install, verify
from tests.packages.stranger import Stranger, layer

REF_NAME = "org.opencontainers.image.ref.name"


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
    "a config with hundreds of levels": (
        lambda s: s.edit_config(lambda c: c.update(limits=json.loads("[" * 300 + "]" * 300))),
        "says limits in more levels than any has",
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
