"""The committed packages, called as ABI v1 says, within their manifests' limits, against their own schemas."""

import os
import tomllib
from pathlib import Path

import jsonschema_rs
import pytest

from tests.modules.fixtures import contains, fixtures_of
from tests.modules.sandbox import MEBIBYTE, Package
from tests.modules.schema_checks import assert_valid, is_accepted

TEXTS = Path(__file__).resolve().parents[2] / "examples" / "texts"
UNRULY = (
    "e\u0301te\u0301 \u05e9\u05dc\u05d5\u05dd\u200f \U0001f469\u200d\U0001f4bb.\r\nA\u00a0b \0 \u202e x@y.org "
    "\U0001f1eb\U0001f1f7!"
)


def texts() -> list[str]:
    return [path.read_text() for path in sorted(TEXTS.glob("*.txt"))]


def others(package: Package) -> dict[str, object]:
    """What the first fixture gives to the fields that are required beside the text."""
    input_ = fixtures_of(package.folder)[0].input
    return {name: input_[name] for name in package.schema("input")["required"] if name != "text"}


def test_every_fixture_gives_what_it_says(package):
    fixtures = fixtures_of(package.folder)
    assert len(fixtures) >= 3
    for fixture in fixtures:
        answer = package.call(fixture.input)
        match fixture.expected:
            case {"result": result}:
                assert answer.result == result, fixture.name
            case {"contains": part}:
                assert contains(answer.result, part), (fixture.name, answer.result)
            case {"fails": words}:
                assert answer.exit_code == 2, fixture.name
                assert words in answer.stderr, fixture.name
            case other:
                pytest.fail(f"{fixture.name} says {sorted(other)}, none of result, contains and fails")


def test_a_call_ends_with_exactly_one_result_that_its_schema_accepts(package):
    for fixture in fixtures_of(package.folder):
        if "fails" in fixture.expected:
            continue
        assert_valid(package, "input", fixture.input)
        answer = package.call(fixture.input)
        assert (answer.exit_code, answer.stderr) == (0, "")
        assert [line["type"] for line in answer.lines].index("result") == len(answer.lines) - 1
        assert_valid(package, "output", answer.result)


def test_each_line_leaves_the_module_as_one_write(package):
    answer = package.call(fixtures_of(package.folder)[0].input)
    assert all(write.endswith(b"\n") and write.count(b"\n") == 1 for write in answer.writes)


def test_the_same_input_gives_the_same_bytes(package):
    first, second = (package.call(fixtures_of(package.folder)[0].input) for _ in range(2))
    assert first.writes == second.writes
    assert first.fuel == second.fuel


def test_texts_of_all_scripts_and_line_ends_are_taken(text_package):
    for text in [*texts(), UNRULY, ""]:
        answer = text_package.call({"text": text} | others(text_package))
        assert (answer.exit_code, answer.stderr) == (0, "")
        assert_valid(text_package, "output", answer.result)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "4111 1111 1111 1111 ",
        "A word. ",
        "x@y.org ",
        "\U0001f600",
        "One. Two, three and four! ",
        "\u0e01",
        "\u1112\u1161\u11ab",
        "http://a.b/([",
    ],
)
def test_a_mebibyte_stays_within_a_fifth_of_the_fuel_and_within_the_memory(text_package, piece):
    text = piece * (MEBIBYTE // len(piece.encode()))
    answer = text_package.call({"text": text} | others(text_package))
    assert answer.fuel < text_package.fuel / 5
    if answer.exit_code == 0:
        assert_valid(text_package, "output", answer.result)
        assert len(answer.writes[-1]) <= MEBIBYTE
    else:
        assert answer.stderr.startswith("input refused: ")
        assert "larger result than can be returned; send it in parts" in answer.stderr


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "expected a JSON value"),
        (b"[]", "is JSON, but not an object"),
        (b'{"text": "\xff"}', "is not UTF-8 from byte 10"),
        (b'{"text": "\\ud800"}', "a surrogate needs its partner"),
        (b"{}", "text: is missing"),
        (b'{"text": 1}', "text: is not a string"),
        (b'{"text": "a", "txet": 1}', "txet: is not a field of this input"),
    ],
)
def test_what_is_no_input_is_refused_with_field_and_remedy(text_package, raw, said):
    answer = text_package.call(None, raw=raw)
    assert (answer.exit_code, answer.lines) == (2, [])
    assert answer.stderr.startswith("input refused: ")
    assert said in answer.stderr


@pytest.mark.parametrize("value", [1, 20, "1", "20"])
def test_schema_and_module_accept_the_same_numbers_of_sentences(summarize, value):
    input_ = {"text": "One here. Two there.", "max_sentences": value}
    assert is_accepted(summarize, input_)
    assert len(summarize.call(input_).result["sentences"]) == min(int(value), 2)


@pytest.mark.parametrize("value", [0, 21, "0", "21", "", "three", 2.5, None, [3]])
def test_schema_and_module_refuse_the_same_numbers_of_sentences(summarize, value):
    input_ = {"text": "One here.", "max_sentences": value}
    assert not is_accepted(summarize, input_)
    assert "max_sentences" in summarize.call(input_).stderr


def test_the_streamed_tokens_put_together_are_the_summary(summarize):
    for text in texts():
        answer = summarize.call({"text": text, "max_sentences": "5"})
        assert len(answer.tokens) == 5
        assert "".join(answer.tokens) == answer.result["summary"]
        for sentence in answer.result["sentences"]:
            assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_the_language_is_recognised_unless_it_is_told(summarize):
    for path in TEXTS.glob("*.txt"):
        assert summarize.call({"text": path.read_text()}).result["language"] == path.suffixes[0].removeprefix(".")
    assert summarize.call({"text": "The end.", "language": "fr"}).result["language"] == "fr"


@pytest.mark.parametrize(
    ("kinds", "counts"),
    [
        (["email", "phone"], {"email": 1, "phone": 0}),
        ("phone, email", {"email": 1, "phone": 0}),
        (["ip"], {"ipv4": 1, "ipv6": 0}),
        ("national_id", {"us_ssn": 0, "fr_nir": 0, "uk_nino": 0}),
    ],
)
def test_kinds_come_as_an_array_or_as_a_string_and_may_be_groups(redact, kinds, counts):
    input_ = {"text": "a@b.io at 192.0.2.1", "kinds": kinds}
    assert is_accepted(redact, input_)
    assert redact.call(input_).result["counts"] == counts


@pytest.mark.parametrize("kinds", [[], "", "name", ["email", "name"], "email,", 5])
def test_schema_and_module_refuse_the_same_kinds(redact, kinds):
    input_ = {"text": "a", "kinds": kinds}
    assert not is_accepted(redact, input_)
    assert redact.call(input_).stderr.startswith("input refused: kinds: ")


def test_putting_the_mapping_back_gives_the_text_back(redact):
    for text in [*texts(), UNRULY, "[EMAIL_1] is taken; a@b.io is not"]:
        result = redact.call({"text": text}).result
        restored = result["text"]
        for placeholder, original in result["mapping"].items():
            assert placeholder not in text
            restored = restored.replace(placeholder, original)
        assert restored == text
        for entity in result["entities"]:
            assert text[entity["start"] : entity["end"]] == result["mapping"][entity["placeholder"]]


@pytest.mark.parametrize(
    ("text", "left_out", "members"),
    [
        ("192.0.2.1 " * 20_000, "entities", {"text", "mapping", "counts", "left_out"}),
        ("plain words " * (MEBIBYTE // 12), "text", {"entities", "mapping", "counts", "left_out"}),
    ],
)
def test_a_long_text_loses_what_follows_from_the_rest(redact, text, left_out, members):
    result = redact.call({"text": text}).result
    assert result["left_out"] == left_out
    assert set(result) == members
    assert_valid(redact, "output", result)


def test_personal_data_beyond_what_a_result_holds_is_refused_with_what_to_do(redact):
    text = "".join(f"a{number}@b.io " for number in range(80_000))
    assert "text: gives a larger result than can be returned; send it in parts" in redact.call({"text": text}).stderr


def test_the_support_e_mail_keeps_its_order_and_loses_its_people(redact):
    result = redact.call({"text": (TEXTS / "support_email.en.txt").read_text()}).result
    assert result["counts"] == {
        "email": 3, "phone": 4, "card": 2, "iban": 1, "uk_nino": 1, "us_ssn": 0, "fr_nir": 0, "ipv4": 1, "ipv6": 1,
    }  # fmt: skip
    for kept in ["4471920835", "2025-118-4420", "338190027415", "3.12.0.4", "10:42:07", "2025-03-09"]:
        assert kept in result["text"]


def test_the_manifest_describes_what_lies_in_the_folder(package):
    manifest = package.manifest
    assert (manifest["apiVersion"], manifest["kind"]) == ("aionos/v1", "AgentPackage")
    assert manifest["metadata"]["name"] == package.folder.name
    assert manifest["intents"] == [package.folder.name]
    assert package.wasm.read_bytes()[:4] == b"\0asm"
    for which in ("input", "output"):
        jsonschema_rs.meta.validate(package.schema(which))


def test_no_folder_of_the_machine_that_built_it_is_in_the_module(package):
    held = package.wasm.read_bytes()
    for name in (b"/home/", os.fsencode(Path.home()), b"/Users/", b"/tmp/", b".cargo", b".rustup"):
        assert name not in held


def test_every_crate_from_elsewhere_is_pinned_by_version_and_checksum():
    modules = TEXTS.parents[1] / "modules"
    lines = [line.split() for line in (modules / "crates.sums").read_text().splitlines()]
    assert all(len(checksum) == 64 for _, _, checksum in lines)
    wanted = tomllib.loads((modules / "Cargo.toml").read_text())["workspace"]["dependencies"]
    pinned = {(name, f"={version}") for name, version, _ in lines}
    for name, wish in wanted.items():
        version = wish if isinstance(wish, str) else wish.get("version")
        assert version is None or (name, version) in pinned, name
