"""Packing: the same package gives the same bytes wherever and whenever, and a layout keeps what others put into it."""

import json
import os
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aion.adapters.catalog.packages import AgentPackage, read_package
from aion.adapters.packages import contents
from aion.adapters.packages.artifact import digest_of
from aion.adapters.packages.refusals import PackageRefused
from aion.app.composition.module_room import pack, verify
from tests.modules.sandbox import PACKAGES

BUNDLED = sorted(path.parent for path in PACKAGES.glob("*/manifest.yaml") if list(path.parent.glob("*.wasm")))
SIGNATURE = {
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "artifactType": "application/vnd.example.signature",
    "digest": digest_of(b"a signature"),
    "size": 11,
}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda folder: folder.name)
def test_every_bundled_module_packs_and_verifies_from_layout_and_tar(folder, tmp_path):
    for output in (tmp_path / "layout", tmp_path / "layout.tar"):
        ((artifact, _),) = pack([folder], output)
        (found,) = verify(str(output))
        assert (found.digest, found.contents.package.digest) == (artifact.digest, artifact.wasm_digest)


def test_the_same_package_gives_the_same_bytes_wherever_it_lies(author, tmp_path):
    folder = author.package(a={"input": {}, "result": {}})
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other)
    (other / "target").mkdir()
    (other / "target" / "debris.wasm").write_bytes(b"not the package's")
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    for name in ("layout", "layout.tar"):
        pack([folder], tmp_path / f"one-{name}")
        pack([other], tmp_path / f"two-{name}")
    assert tree(tmp_path / "one-layout") == tree(tmp_path / "two-layout")
    assert (tmp_path / "one-layout.tar").read_bytes() == (tmp_path / "two-layout.tar").read_bytes()


def test_any_change_of_the_package_changes_the_digest(author):
    folder = author.package()
    ((before, _),) = pack([folder], author.folder / "one.tar")
    (folder / "README.md").write_text("# other words\n")
    ((after, _),) = pack([folder], author.folder / "two.tar")
    assert before.digest != after.digest
    assert before.wasm_digest == after.wasm_digest


def test_an_artifact_is_what_the_image_spec_and_the_readers_of_titles_expect(author, tmp_path):
    ((artifact, _),) = pack([author.package()], tmp_path / "layout")
    index = json.loads((tmp_path / "layout" / "index.json").read_bytes())
    (entry,) = index["manifests"]
    assert entry["digest"] == artifact.digest
    assert entry["annotations"] == {"org.opencontainers.image.ref.name": "says@1.0.0"}
    manifest = json.loads((tmp_path / "layout" / "blobs" / "sha256" / artifact.digest[7:]).read_bytes())
    assert manifest["artifactType"] == "application/vnd.aion.module.v1"
    assert manifest["config"]["mediaType"] == "application/vnd.aion.module.config.v1+json"
    assert manifest["layers"][0]["mediaType"] == "application/wasm"
    assert [layer["annotations"]["org.opencontainers.image.title"] for layer in manifest["layers"]] == [
        "says.wasm",
        "README.md",
        "manifest.yaml",
        "schemas/input.json",
        "schemas/output.json",
    ]
    assert manifest["annotations"]["org.opencontainers.image.licenses"] == "MIT"
    config = json.loads((tmp_path / "layout" / "blobs" / "sha256" / manifest["config"]["digest"][7:]).read_bytes())
    assert config["wasm"]["digest"] == artifact.wasm_digest
    assert config["limits"]["memory_bytes"] == 16 << 20


def test_a_tar_says_nothing_of_times_and_owners(author, tmp_path):
    pack([author.package()], tmp_path / "layout.tar")
    with tarfile.open(tmp_path / "layout.tar") as archive:
        assert {(member.mtime, member.uid, member.uname, member.mode) for member in archive} == {(0, 0, "", 0o644)}


def test_a_layout_holds_several_modules_and_replaces_only_the_same_version(author, tmp_path):
    layout = tmp_path / "layout"
    first, second = author.package("one"), author.package("two")
    pack([first], layout)
    pack([second, author.package("one", "1.1.0")], layout)
    (first / "README.md").write_text("# mended\n")
    ((mended, _),) = pack([first], layout)
    found = {each.contents.reference: each.digest for each in verify(str(layout))}
    assert list(found) == ["one@1.0.0", "one@1.1.0", "two@1.0.0"]
    assert found["one@1.0.0"] == mended.digest


def test_what_other_tools_keep_in_a_layout_stays(author, tmp_path):
    layout = tmp_path / "layout"
    folder = author.package()
    pack([folder], layout)
    index = json.loads((layout / "index.json").read_bytes())
    index["manifests"].append(SIGNATURE)
    (layout / "index.json").write_text(json.dumps(index))
    pack([author.package("two")], layout)
    assert SIGNATURE in json.loads((layout / "index.json").read_bytes())["manifests"]
    assert len(verify(str(layout))) == 2


def test_what_other_tools_say_of_the_whole_layout_stays(author, tmp_path):
    layout = tmp_path / "layout"
    pack([author.package()], layout)
    index = json.loads((layout / "index.json").read_bytes())
    (layout / "index.json").write_text(json.dumps({**index, "annotations": {"org.example": "x"}, "more": [1]}))
    pack([author.package("two")], layout)
    index = json.loads((layout / "index.json").read_bytes())
    assert (index["annotations"], index["more"], len(index["manifests"])) == ({"org.example": "x"}, [1], 2)


def test_packing_into_one_layout_at_once_loses_nothing(author, tmp_path):
    folders = [author.package(f"m{number}") for number in range(8)]
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(lambda folder: pack([folder], tmp_path / "layout"), folders))
    assert [each.contents.package.name for each in verify(str(tmp_path / "layout"))] == [f"m{n}" for n in range(8)]


def test_what_a_replaced_module_alone_needed_goes_with_it(author, tmp_path):
    layout = tmp_path / "layout"
    folder = author.package()
    pack([folder, author.package("two")], layout)
    foreign = layout / "blobs" / "sha256" / "00"
    foreign.write_bytes(b"somebody's")
    (folder / "README.md").write_text("# mended\n")
    ((mended, _),) = pack([folder], layout)
    blobs = {f"sha256:{path.name}" for path in (layout / "blobs" / "sha256").iterdir()} - {"sha256:00"}
    ((two, _),) = pack([author.folder / "two-1.0.0"], tmp_path / "other")
    assert blobs == {*mended.blobs, *two.blobs}
    assert foreign.exists()


def test_what_a_signature_refers_to_stays_when_its_module_was_replaced(author, tmp_path):
    layout = tmp_path / "layout"
    folder = author.package()
    ((signed, _),) = pack([folder], layout)
    signature = json.dumps({"subject": {"mediaType": SIGNATURE["mediaType"], "digest": signed.digest, "size": 1}})
    digest = digest_of(signature.encode())
    (layout / "blobs" / "sha256" / digest[7:]).write_text(signature)
    index = json.loads((layout / "index.json").read_bytes())
    index["manifests"].append({**SIGNATURE, "digest": digest, "size": len(signature)})
    (layout / "index.json").write_text(json.dumps(index))
    (folder / "README.md").write_text("# mended\n")
    pack([folder], layout)
    assert all((layout / "blobs" / "sha256" / blob[7:]).exists() for blob in signed.blobs)


def test_a_wasm_that_changes_while_it_is_read_is_not_packed(author, tmp_path, monkeypatch):
    folder = author.package()

    def read_while_it_is_built(place: Path) -> AgentPackage:
        package = read_package(place)
        (place / "says.wasm").write_bytes((place / "says.wasm").read_bytes() + b"\0\2\1a")
        return package

    monkeypatch.setattr(contents, "read_package", read_while_it_is_built)
    with pytest.raises(PackageRefused, match="changed while it was read; try again when its build is done"):
        pack([folder], tmp_path / "layout")
    assert not (tmp_path / "layout").exists()


def test_a_schema_with_the_name_of_a_module_is_not_packed(author, tmp_path):
    folder = author.package()
    (folder / "schemas" / "input.json").rename(folder / "schemas" / "input.wasm")
    manifest = folder / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("input.json", "input.wasm"))
    with pytest.raises(PackageRefused, match="is a schema, but has the name of a module"):
        pack([folder], tmp_path / "layout")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "says.wasm").unlink(), "says.wasm: does not exist"),
        (lambda folder: (folder / "schemas" / "input.json").write_text("{"), "schemas/input.json"),
        (lambda folder: (folder / "fixtures" / "a b.json").write_text("{}"), "not safe everywhere"),
        (lambda folder: (folder / "README.md").write_bytes(b"x" * (1 << 20) + b"x"), "larger than"),
    ],
    ids=["no wasm", "no schema", "a name with a space", "a large file"],
)
def test_what_is_no_whole_package_is_not_packed(author, tmp_path, spoil, says):
    folder = author.package()
    spoil(folder)
    with pytest.raises(PackageRefused, match=says):
        pack([folder], tmp_path / "layout")
    assert not (tmp_path / "layout").exists()


def test_a_file_that_leads_out_of_the_package_is_refused(author, tmp_path):
    folder = author.package()
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(secret)
    with pytest.raises(PackageRefused, match="leads out of its package"):
        pack([folder], tmp_path / "layout")


def test_a_folder_that_holds_something_else_is_not_made_a_layout(author, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(PackageRefused, match="no OCI layout"):
        pack([author.package()], tmp_path / "home")
