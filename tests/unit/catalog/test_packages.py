from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.catalog.packages import MAX_WASM_BYTES, read_package
from tests.unit.catalog.operators import EMPTY_MODULE, Operator


def test_a_package_carries_what_an_engine_needs(operator: Operator) -> None:
    package = read_package(operator.install())

    assert package.engine == "module:summarize@1.0.0"
    assert package.wasm.read_bytes() == EMPTY_MODULE
    assert package.digest == f"sha256:{sha256(EMPTY_MODULE).hexdigest()}"
    assert (package.memory_bytes, package.fuel, package.retries) == (64 << 20, 1_000_000, 1)
    assert package.timeout == timedelta(seconds=1.5)
    assert package.host_permissions == {"log"}
    assert package.broken == ""


def test_the_blueprints_own_manifest_is_read(operator: Operator) -> None:
    manifest = """\
apiVersion: aionos/v1
kind: AgentPackage
metadata: {name: summarize_text, version: "1.3.0", authors: ["AION Core"], license: Apache-2.0,
  signatures: {cosign: "sigstore://REGISTRY/aion/summarize_text@sha256:%s"}, sbom: "oci://REGISTRY/aion/sbom/summarize_text:1.3.0"}
runtime: {type: wasm, wasi: true, resources: {cpu: "0.5", memory: "256Mi", gpu: {required: false, vendor: none}}}
permissions: {filesystem: read-only, network: deny, secrets: ["OPENAI_API_KEY?"]}
entrypoints: {grpc: {port: 0}, schema: {input: "input.json", output: "output.json"}}
intents: ["summarize"]
policies: {timeout_ms: 1500, retries: 0}
""" % ("0" * 64)

    package = read_package(operator.install("summarize_text", manifest=manifest))

    assert package.broken == ""
    assert (package.cpu_millicores, package.memory_bytes) == (500, 256 << 20)
    assert package.wasm.name == "summarize_text.wasm"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "network: deny",
            "network: allow",
            "summarize/manifest.yaml:5: permissions.network: must be 'deny' (got allow)",
        ),
        ("host: [log]", "host: [log, files]", "permissions.host[1]: must be 'clock', 'random' or 'log' (got files)"),
        ("host: [log]", "host: [log, log]", "permissions.host: names log twice; keep one"),
        (
            "host: [log]",
            'secrets: ["KEY"]',
            "permissions.secrets[0]: is required, and modules get no secrets here; write KEY? if",
        ),
        ("type: wasm", "type: native", "manifest.yaml:4: runtime.type: must be 'wasm' (got native)"),
        ("type: wasm", "type: wasm, wasi: false", "runtime.wasi: must be True (got false)"),
        ("memory: 64Mi", "memory: 64MB", "runtime.resources.memory: is not an amount of memory"),
        ("memory: 64Mi", "gpu: {required: true}", "runtime.resources.gpu.required: must be False (got true)"),
        ("fuel: 1000000", "fuel: -1", "runtime.resources.fuel: must be at least 0 (got -1)"),
        ("timeout_ms: 1500", "timeout_ms: 0", "manifest.yaml:8: policies.timeout_ms: must be at least 1 (got 0)"),
        ("retries: 1", "retries: 11", "policies.retries: must be at most 10 (got 11)"),
        ("wasm: summarize.wasm", "wasm: summarize.exe", "entrypoints.wasm: is not a .wasm file"),
        ("wasm: summarize.wasm", "wasm: ../x.wasm", "entrypoints.wasm: must match"),
        ("wasm: summarize.wasm", "wasm: a/../../x.wasm", "entrypoints.wasm: leaves the package's folder"),
        ("wasm: summarize.wasm", "wasm: other.wasm", "summarize/other.wasm: does not exist"),
        ("wasm: summarize.wasm", "grpc: {port: 80}", "entrypoints.grpc.port: must be 0 (got 80)"),
        ("input: input.json", "input: manifest.yaml", "summarize/manifest.yaml:1: is not JSON"),
        ("intents: [summarize]", "intents: []", "manifest.yaml:7: intents: must have at least 1 entries"),
        (
            "intents: [summarize]",
            "intents: [summarize]\nintent: x",
            "manifest.yaml:8: intent: is not a field here; did you mean intents?",
        ),
    ],
)
def test_what_aion_would_not_honour_makes_a_package_broken_with_the_reason(
    operator: Operator, old: str, new: str, says: str
) -> None:
    package = read_package(operator.install(edit=lambda text: text.replace(old, new), folder="summarize"))

    assert says in package.broken
    assert package.engine == "module:summarize@1.0.0"


def escaping_link(package: Path) -> None:
    (package / "summarize.wasm").unlink()
    (package.parent / "outside.wasm").write_bytes(EMPTY_MODULE)
    (package / "summarize.wasm").symlink_to(package.parent / "outside.wasm")


def circular_link(package: Path) -> None:
    (package / "summarize.wasm").unlink()
    (package / "summarize.wasm").symlink_to(package / "summarize.wasm")


def folder_instead_of_a_file(package: Path) -> None:
    (package / "summarize.wasm").unlink()
    (package / "summarize.wasm").mkdir()


def something_else(package: Path) -> None:
    (package / "summarize.wasm").write_bytes(b"\x7fELF")


def too_large(package: Path) -> None:
    with (package / "summarize.wasm").open("wb") as stream:
        stream.truncate(MAX_WASM_BYTES + 1)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (escaping_link, "leaves the package's folder"),
        (circular_link, "leaves the package's folder"),
        (folder_instead_of_a_file, "not a regular file"),
        (something_else, "is neither a WebAssembly core module nor a component"),
        (too_large, "is larger than"),
    ],
)
def test_a_wasm_file_that_cannot_be_one_makes_the_package_broken(
    operator: Operator, harm: Callable[[Path], None], says: str
) -> None:
    folder = operator.install()
    harm(folder)

    package = read_package(folder)

    assert says in package.broken
    assert package.digest == ""
    assert package.input_schema is not None


def test_a_reason_names_no_path_of_the_host(operator: Operator) -> None:
    package = read_package(operator.install(wasm=None))

    assert str(operator.modules) not in package.broken


@pytest.mark.parametrize(
    ("old", "new"), [("name: summarize,", "name: S,"), ('"1.0.0"', '"1"'), ("kind: AgentPackage", "kind: [")]
)
def test_a_package_that_cannot_be_named_is_a_configuration_error(operator: Operator, old: str, new: str) -> None:
    operator.install(edit=lambda text: text.replace(old, new))
    operator.install("redact", intent="redact")

    with pytest.raises(ConfigurationInvalid, match=r"summarize-1\.0\.0/manifest\.yaml:"):
        operator.load()


def test_a_broken_package_stops_nobody_else(operator: Operator) -> None:
    operator.install(wasm=None)
    operator.install(version="1.1.0")
    operator.install("redact", intent="redact")

    catalog = operator.load()

    assert [(module.engine, bool(module.broken)) for module in catalog.modules()] == [
        ("module:redact@1.0.0", False),
        ("module:summarize@1.1.0", False),
        ("module:summarize@1.0.0", True),
    ]
    assert [package.engine for package in catalog.packages()] == ["module:redact@1.0.0", "module:summarize@1.1.0"]
    broken = next(engine for engine in catalog.candidates("summarize") if engine.refusal)
    assert broken.refusal == "summarize-1.0.0/summarize.wasm: does not exist; create it or correct the name"


def test_a_package_with_a_broken_manifest_keeps_the_intents_that_can_be_read(operator: Operator) -> None:
    operator.install(
        edit=lambda text: text.replace("timeout_ms: 1500", "timeout_ms: x").replace(
            "[summarize]", "[summarize, BAD, 5]"
        )
    )

    catalog = operator.load()

    assert [intent.name for intent in catalog.intents()] == ["summarize"]
    assert "policies.timeout_ms: must be a whole number (got x)" in catalog.candidates("summarize")[0].refusal


def test_folders_without_a_manifest_are_passed_over(operator: Operator) -> None:
    (operator.modules / "guest").mkdir()
    (operator.modules / "README.md").write_text("not a package")
    operator.install()

    assert len(operator.load().modules()) == 1


def test_a_modules_folder_that_is_not_there_is_a_problem(operator: Operator) -> None:
    operator.modules.rmdir()

    with pytest.raises(ConfigurationInvalid, match="cannot be read as a folder of modules"):
        operator.load()


def test_the_same_package_twice_is_one_but_two_that_differ_are_a_problem(operator: Operator) -> None:
    operator.install(folder="one")
    operator.install(folder="two")
    assert len(operator.load().modules()) == 1

    operator.install(folder="three", wasm=EMPTY_MODULE + b"\0\x02\x01a")
    with pytest.raises(ConfigurationInvalid, match=r"is module:summarize@1\.0\.0 too, and differs"):
        operator.load()


@pytest.mark.parametrize("part", ["input", "result"])
def test_a_fixture_that_nobody_can_write_is_no_example_and_breaks_nothing(operator: Operator, part: str) -> None:
    fixture = {"input": "{}", "result": "{}", part: '{"a": ' + "[" * 300 + "]" * 300 + "}"}
    folder = operator.install() / "fixtures"
    folder.mkdir()
    (folder / "a.json").write_text("{" + ", ".join(f'"{name}": {text}' for name, text in fixture.items()) + "}")

    (package,) = operator.load().packages()

    assert package.examples == ()


@pytest.mark.parametrize("link", ["fixtures", "fixtures/a.json"])
def test_a_fixture_outside_of_its_package_is_refused_and_shown_to_nobody(operator: Operator, link: str) -> None:
    folder = operator.install()
    elsewhere = operator.modules.with_name("elsewhere")
    elsewhere.mkdir()
    (elsewhere / "a.json").write_text('{"input": {}, "result": {"secret": true}}')
    (folder / link).parent.mkdir(exist_ok=True)
    (folder / link).symlink_to(elsewhere / "a.json" if link.endswith("json") else elsewhere)

    package = read_package(folder)

    assert package.broken == ("summarize-1.0.0/fixtures/a.json: leaves the package's folder; put the file itself there")
    assert package.examples == ()


def test_a_fixture_may_be_a_link_within_its_package(operator: Operator) -> None:
    folder = operator.install()
    (folder / "fixtures").mkdir()
    (folder / "example.json").write_text('{"input": {}, "result": {}}')
    (folder / "fixtures" / "a.json").symlink_to("../example.json")

    package = read_package(folder)

    assert (package.broken, [example.name for example in package.examples]) == ("", ["a"])


def test_a_number_of_thousands_of_digits_is_told_as_one(operator: Operator) -> None:
    package = read_package(operator.install(edit=lambda text: text.replace("1000000", "0x" + "f" * 5000)))

    assert "got a number of hundreds of digits" in package.broken


def test_of_two_folders_with_the_same_version_the_first_counts_and_the_other_is_said(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    mine = operator.install()
    shelf = operator.modules.with_name("shelf")
    shelf.mkdir()
    operator.modules.rename(operator.modules.with_name("first"))
    operator.modules.mkdir()
    other = operator.install(edit=lambda text: text.replace("64Mi", "32Mi"))
    other.rename(shelf / other.name)
    operator.modules.rmdir()
    operator.modules.with_name("first").rename(operator.modules)

    catalog = load_catalog(operator.config, [operator.modules, shelf], operator.latency)

    (package,) = catalog.packages()
    assert (package.folder, package.memory_bytes) == (mine, 64 << 20)
    assert f"is module:summarize@1.0.0 too, and differs from {mine}" in caplog.text
    assert "it is not served" in caplog.text
