import pytest

from aion.adapters.catalog.version_ranges import version_range

VERSIONS = (
    "0.0.3", "0.0.4", "0.2.3", "0.2.4", "0.3.0", "1.0.0", "1.2.0-rc.1", "1.2.0-rc.2", "1.2.0", "1.2.3", "1.2.4-beta",
    "1.2.4", "1.3.0", "1.10.0+build", "2.0.0-rc.1", "2.0.0", "3.0.0",
)  # fmt: skip


def within(text: str) -> list[str]:
    return [version for version in VERSIONS if version in version_range(text)]


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3"),
        ("1.2.0-rc.1", "1.2.0-rc.1"),
        ("1.2", "1.2.0 1.2.3 1.2.4"),
        ("1.2.x", "1.2.0 1.2.3 1.2.4"),
        ("1", "1.0.0 1.2.0 1.2.3 1.2.4 1.3.0 1.10.0+build"),
        ("1.x", "1.0.0 1.2.0 1.2.3 1.2.4 1.3.0 1.10.0+build"),
        ("^1.2", "1.2.0 1.2.3 1.2.4 1.3.0 1.10.0+build"),
        ("^1.2.3", "1.2.3 1.2.4 1.3.0 1.10.0+build"),
        ("^0.2.3", "0.2.3 0.2.4"),
        ("^0.0.3", "0.0.3"),
        ("^0.0", "0.0.3 0.0.4"),
        ("^0", "0.0.3 0.0.4 0.2.3 0.2.4 0.3.0"),
        ("~1.2.3", "1.2.3 1.2.4"),
        ("~1.2", "1.2.0 1.2.3 1.2.4"),
        ("~1", "1.0.0 1.2.0 1.2.3 1.2.4 1.3.0 1.10.0+build"),
        (">=1.3 <2.0", "1.3.0 1.10.0+build"),
        (">= 1.3   < 2.0", "1.3.0 1.10.0+build"),
        (">1.2 <=2", "1.3.0 1.10.0+build 2.0.0"),
        (">1.2.3 <1.3", "1.2.4"),
        ("<=0.2", "0.0.3 0.0.4 0.2.3 0.2.4"),
        ("<=1.2.3 ^1.2", "1.2.0 1.2.3"),
        (">2", "3.0.0"),
        ("<0.0.3", ""),
        (">2 <1", ""),
    ],
)
def test_a_range_holds_what_package_managers_would_say(text: str, versions: str) -> None:
    assert within(text) == versions.split()


def test_a_star_is_every_release() -> None:
    assert within("*") == [version for version in VERSIONS if "-" not in version]
    assert within("x") == within("*")


@pytest.mark.parametrize(
    ("text", "pre_releases"),
    [
        ("^1.2.0-rc.1", {"1.2.0-rc.1", "1.2.0-rc.2"}),
        (">1.2.0-rc.1", {"1.2.0-rc.2"}),
        ("<=1.2.0-rc.1", {"1.2.0-rc.1"}),
        ("<1.2.4-gamma", {"1.2.4-beta"}),
        (">=1.2 <2.0.0", set()),
        ("^1", set()),
    ],
)
def test_a_pre_release_is_there_only_when_one_of_the_same_version_is_named(text: str, pre_releases: set[str]) -> None:
    assert {version for version in within(text) if "-" in version} == pre_releases


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "one", "^", "^*", ">=x", "1.2.3.4", "1.2.x-rc", "01.2", "1.2.3-01", "1 || 2", "1 - 2", ">=1.0, <2.0",
        "=>1", "v1.2", "1" * 10, "1.0.0-" + "a" * 60, " ".join(["1"] * 80), "1.-2", "^1.2\x00", "١.٢",
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write one such as|not a semantic version"):
        version_range(text)
