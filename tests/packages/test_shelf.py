"""What is installed: whole or not at all, versions side by side, and in sight of the catalogue."""

import re
import shutil

import pytest

from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.packages import shelf as shelves
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.shelf import Shelf
from aion.app.composition.module_list import list_modules
from aion.app.composition.module_room import install, pack, remove
from aion.app.dev_settings import DevSettings
from aion.app.resources import modules_folders
from aion.app.settings import Settings
from aion.app.worker_settings import RemoteWorkerSettings


def engines(settings) -> list[str]:
    return [shown.engine for shown in list_modules(settings).modules if not shown.broken]


def shelved(settings) -> list[str]:
    return sorted(str(path.relative_to(settings.shelf)) for path in settings.shelf.glob("[!.]*/*"))


def test_versions_stand_side_by_side_and_the_catalogue_sees_them(author, settings, tmp_path):
    pack([author.package("says"), author.package("says", "1.1.0-rc.1+build.5")], tmp_path / "layout")
    first = install(settings, f"{tmp_path}/layout:says@1.0.0", replace=False)
    install(settings, f"{tmp_path}/layout:says@1.1.0-rc.1+build.5", replace=False)
    assert engines(settings) == ["module:says@1.0.0", "module:says@1.1.0-rc.1+build.5"]
    config = tmp_path / "config"
    config.mkdir()
    catalog = load_catalog(config, modules_folders(settings), RecentLatency())
    assert {module.engine for module in catalog.modules()} == set(engines(settings))
    assert re.fullmatch(r"says/1\.0\.0@sha256-[0-9a-f]{12}", str(first.folder.relative_to(settings.shelf)))


def test_the_digest_of_the_artifact_or_of_the_wasm_chooses_as_well(author, settings, tmp_path):
    ((one, _), (two, _)) = pack([author.package("one"), author.package("two", wat="exits_3")], tmp_path / "layout")
    assert install(settings, f"{tmp_path}/layout@{one.digest}", replace=False).unpacked.contents.package.name == "one"
    found = install(settings, f"{tmp_path}/layout@{two.wasm_digest}", replace=False)
    assert found.unpacked.contents.package.name == "two"


def test_a_layout_of_several_must_be_told_which(author, settings, tmp_path):
    pack([author.package("one"), author.package("two")], tmp_path / "layout")
    with pytest.raises(PackageRefused, match=r"several modules: one@1.0.0, two@1.0.0; say which"):
        install(settings, str(tmp_path / "layout"), replace=False)
    with pytest.raises(PackageRefused, match=r"holds no module three; it holds: one@1.0.0, two@1.0.0"):
        install(settings, f"{tmp_path}/layout:three", replace=False)


def test_installing_the_same_again_changes_nothing(author, settings):
    folder = author.package()
    install(settings, str(folder), replace=False)
    again = install(settings, str(folder), replace=False)
    assert again.already
    assert len(shelved(settings)) == 1


def test_a_damaged_one_is_put_there_anew(author, settings):
    folder = author.package()
    installed = install(settings, str(folder), replace=False).folder
    (installed / "says.wasm").write_bytes(b"")
    assert not install(settings, str(folder), replace=False).already
    assert engines(settings) == ["module:says@1.0.0"]


def test_the_same_version_with_other_bytes_needs_to_be_asked_for(author, settings):
    folder = author.package()
    install(settings, str(folder), replace=False)
    (folder / "README.md").write_text("# other words\n")
    with pytest.raises(PackageRefused, match=r"installed with other bytes .* --replace"):
        install(settings, str(folder), replace=False)
    before = shelved(settings)
    replaced = install(settings, str(folder), replace=True)
    assert replaced.replaced is not None
    assert len(shelved(settings)) == 1
    assert shelved(settings) != before


def test_other_bytes_whose_digest_begins_alike_need_to_be_asked_for_too(author, settings, monkeypatch):
    """The name of a folder holds 48 bits of a digest, which whoever makes both can make the same."""
    monkeypatch.setattr(shelves, "_mark", lambda _: "sha256-0123456789ab")
    first = install(settings, str(author.package(place="first")), replace=False)
    other = author.package(place="other")
    (other / "README.md").write_text("other")
    with pytest.raises(PackageRefused, match=r"installed with other bytes .* --replace"):
        install(settings, str(other), replace=False)
    assert Shelf(settings.shelf).folders() == [first.folder]
    second = install(settings, str(other), replace=True)
    assert second.replaced == first.folder
    assert [(folder / "README.md").read_text() for folder in Shelf(settings.shelf).folders()] == ["other"]


def test_a_module_that_cannot_run_is_not_installed(author, settings):
    with pytest.raises(PackageRefused, match=r"module:says@1.0.0 cannot run here: .*no function _start"):
        install(settings, str(author.package(wat="has_no_start")), replace=False)
    assert shelved(settings) == []


def test_what_comes_with_the_server_is_not_removed_and_said_to_be_where_it_is(author, settings):
    shutil.copytree(author.package(), settings.modules_dir / "says")
    with pytest.raises(PackageRefused, match=r"; module:says@1\.0\.0 lies in AION_MODULES_DIR, and is not removed"):
        remove(settings, "says")
    with pytest.raises(PackageRefused, match=r"; module:redact@1\.0\.0 comes with AION, and is not removed"):
        remove(settings.model_copy(update={"modules_dir": None}), "redact")


def test_what_comes_with_the_server_is_not_shadowed(author, settings):
    folder = author.package()
    shutil.copytree(folder, settings.modules_dir / "says")
    with pytest.raises(PackageRefused, match="already, which comes first; raise its version"):
        install(settings, str(folder), replace=True)


def test_removing_takes_one_version_or_all(author, settings):
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        install(settings, str(author.package(version=version)), replace=False)
    remove(settings, "says@1.1.0")
    assert engines(settings) == ["module:says@1.0.0", "module:says@2.0.0"]
    remove(settings, "says")
    assert shelved(settings) == []
    assert not (settings.shelf / "says").exists()
    with pytest.raises(PackageRefused, match="says is not installed here; installed are: none"):
        remove(settings, "says")


def test_removing_takes_what_a_digest_names(author, settings):
    one = install(settings, str(author.package(version="1.0.0")), replace=False)
    two = install(settings, str(author.package(version="2.0.0", wat="exits_3")), replace=False)
    three = install(settings, str(author.package(version="3.0.0", wat="exits_3")), replace=False)
    assert remove(settings, f"says@{one.unpacked.digest}") == [one.folder]
    assert remove(settings, f"says@{two.unpacked.contents.package.digest}") == [two.folder, three.folder]
    with pytest.raises(PackageRefused, match="is no digest: write sha256: and all 64"):
        remove(settings, "says@sha256:abc")


def test_removing_a_version_that_was_left_empty_removes_nothing(author, settings):
    install(settings, str(author.package()), replace=False)
    with pytest.raises(PackageRefused, match="says@ names no version; say which, or leave out the @"):
        remove(settings, "says@")
    assert engines(settings) == ["module:says@1.0.0"]


@pytest.mark.parametrize("name", ["..", "../author", ".staging", ""])
def test_removing_reaches_nothing_but_installed_modules(author, settings, name):
    install(settings, str(author.package()), replace=False)
    with pytest.raises(PackageRefused, match="is not installed here"):
        remove(settings, name)
    assert engines(settings) == ["module:says@1.0.0"]


def test_what_a_killed_command_left_behind_is_swept_away_and_never_seen(author, settings):
    folder = author.package()
    install(settings, str(folder), replace=False)
    shutil.copytree(folder, settings.shelf / ".staging" / "half")
    assert engines(settings) == ["module:says@1.0.0"]
    remove(settings, "says")
    assert not (settings.shelf / ".staging" / "half").exists()


def test_servers_of_one_user_share_what_is_installed_unless_they_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("AION_DATA_DIR", raising=False)
    shelves = {kind().shelf for kind in (Settings, DevSettings, RemoteWorkerSettings)}
    assert shelves == {tmp_path / "aion" / "modules"}
    monkeypatch.setenv("AION_DATA_DIR", str(tmp_path / "mine"))
    assert {kind().shelf for kind in (Settings, DevSettings, RemoteWorkerSettings)} == {tmp_path / "mine" / "modules"}
