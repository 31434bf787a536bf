"""`aion module list`: nothing is promised that was not looked at, and nothing is left out that a server trips over."""

import shutil

import pytest

from aion.app.composition.module_list import Health, list_modules
from aion.app.composition.module_room import install


@pytest.fixture
def settings(settings, tmp_path):
    (tmp_path / "config").mkdir()
    return settings.model_copy(update={"config_dir": tmp_path / "config"})


def test_a_module_is_ready_once_it_was_compiled(author, settings):
    shutil.copytree(author.package("fresh", wat="exits_3"), settings.modules_dir / "fresh")
    assert [each.health for each in list_modules(settings).modules] == [Health.NOT_COMPILED]
    assert not settings.data_dir.exists()
    install(settings, str(author.package("says")), replace=False)
    listed = {each.name: each.health for each in list_modules(settings).modules}
    assert listed == {"fresh": Health.NOT_COMPILED, "says": Health.READY}


def test_a_package_that_cannot_be_named_is_listed_with_its_reason(settings):
    (settings.modules_dir / "odd").mkdir()
    (settings.modules_dir / "odd" / "manifest.yaml").write_text("a: [")
    listed = list_modules(settings)
    (shown,) = listed.modules
    assert (shown.name, shown.health) == ("odd", Health.BROKEN)
    assert "odd/manifest.yaml" in shown.broken
    assert any("odd/manifest.yaml" in refusal for refusal in listed.refusals)


def test_a_configuration_that_no_server_starts_with_is_told(author, settings):
    install(settings, str(author.package()), replace=False)
    assert list_modules(settings).refusals == ()
    (settings.config_dir / "intents.yml").write_text("intents: 3\n")
    (refusal,) = list_modules(settings).refusals
    assert "intents" in refusal


def test_other_bytes_of_a_version_that_comes_with_the_server_are_not_ready(author, settings):
    install(settings, str(author.package()), replace=False)
    shutil.copytree(author.package(wat="exits_3", place="upgraded"), settings.modules_dir / "says")
    listed = list_modules(settings)
    installed = next(each for each in listed.modules if each.where == "installed")
    assert installed.health is Health.BROKEN
    assert "has its name and version and comes first" in installed.broken
    assert listed.refusals == ()
