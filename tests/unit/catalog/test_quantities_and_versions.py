from datetime import timedelta

import pytest

from aion.adapters.catalog.names import precedence, semantic_version
from aion.adapters.catalog.quantities import duration, memory, millicores


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1500ms", timedelta(seconds=1.5)),
        ("60s", timedelta(minutes=1)),
        ("5m", timedelta(minutes=5)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_duration_carries_its_unit(text: str, value: timedelta) -> None:
    assert duration(text) == value


@pytest.mark.parametrize("text", ["60", 60, "1.5s", "-1s", "", "1 s", "9999999999s", "400d", None, "٣s"])
def test_what_is_not_a_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="write a"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "value"), [("64Mi", 64 << 20), ("512Mi", 512 << 20), ("64Ki", 65536), (1000000, 1000000), ("1M", 10**6)]
)
def test_memory_is_bytes(text: object, value: int) -> None:
    assert memory(text) == value


@pytest.mark.parametrize("text", ["64MB", "4Gi", "1Gi", "1", "0", "-1Mi", 1.5, True, None, "9" * 40])
def test_memory_that_webassembly_cannot_have_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"memory|out of range"):
        memory(text)


def test_memory_above_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(ValueError, match=r"64Ki \(one WebAssembly page\) to 512Mi"):
        memory("513Mi")


@pytest.mark.parametrize(("text", "value"), [("0.5", 500), ("500m", 500), (2, 2000), (0.25, 250)])
def test_cpu_is_thousandths_of_a_core(text: object, value: int) -> None:
    assert millicores(text) == value


@pytest.mark.parametrize("text", ["0", "-1", "half", True, float("nan"), float("inf"), "0m"])
def test_cpu_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="CPU"):
        millicores(text)


@pytest.mark.parametrize("text", ["1.0.0", "0.0.0", "1.2.3-rc.1", "1.0.0+build.5", "1.0.0-0a.b-c+x"])
def test_semantic_versions_pass(text: str) -> None:
    assert semantic_version(text) == text


@pytest.mark.parametrize(
    "text", ["1", "1.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0\n", "1.0.0+" + "a" * 60, "1.0.0 "]
)
def test_other_versions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="semantic version"):
        semantic_version(text)


def test_versions_sort_by_precedence_and_every_pre_release_comes_first() -> None:
    newest_last = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "3.0.0-rc.1",
        "1.0.0",
        "1.9.0",
        "1.10.0",
        "2.0.0",
    ]

    assert sorted(set(newest_last), key=precedence) == newest_last
