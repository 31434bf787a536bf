"""What an operator types: refusals are sentences with an exit code, never a traceback."""

import socket
from pathlib import Path

import pytest

from aion import __version__
from aion.app.commands.serving import _write_ready_file
from aion.app.composition.offline import dev_key, key_desk
from aion.app.container import RunningServer
from aion.app.settings import Settings
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.processes import Running, command, process


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    """A small catalogue that a test may break."""
    config, modules = write_small_catalogue(tmp_path)
    return {"AION_CONFIG_DIR": config, "AION_MODULES_DIR": modules}


def aion(folder: Path, written: dict[str, Path], *arguments: str, **settings: str):
    """Runs `aion` on a catalogue."""
    return command(folder / "data", *arguments, **{name: str(path) for name, path in written.items()}, **settings)


def test_a_right_catalogue_is_valid(tmp_path: Path, written):
    said = aion(tmp_path, written, "config", "validate")
    assert (said.code, "2 intents, 2 modules" in said.stderr) == (0, True), said.stderr


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("config/intents.yml", "intents: [", ["intents.yml:2", "is not YAML"]),
        ("config/intents.yml", "intents:\n  - nam: echo\n", ["intents.yml:2", "nam"]),
        ("config/intents.yml", "intents:\n  - {name: echo, engines: [model:gpt]}\n", ["intents.yml:2", "model:gpt"]),
        ("config/models.yml", "models:\n  - {name: m, provider: p, route: api}\n", ["models.yml:2", "cost_micros"]),
        ("config/policies.yml", "defaults: {privacy: public}\n", ["policies.yml:1", "local-only"]),
        ("config/retention.yml", "defaults: {tasks: soon}\n", ["retention.yml:1: defaults.tasks: is not a duration"]),
        ("modules/echo-1.0.0/manifest.yaml", "kind: AgentPackage\n", ["echo-1.0.0/manifest.yaml", "metadata"]),
        ("modules/echo-1.0.0/input.json", "{", ["module:echo@1.0.0", "input.json"]),
        ("modules/echo-1.0.0/echo.wasm", "no module", ["module:echo@1.0.0", "echo.wasm"]),
    ],
    ids=[
        "broken YAML",
        "unknown field",
        "unknown model",
        "no price",
        "no privacy",
        "no time",
        "no manifest",
        "no schema",
        "no wasm",
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path: Path, written, file, text, says):
    (tmp_path / file).write_text(text)
    said = aion(tmp_path, written, "config", "validate")
    assert said.code == 1
    assert all(word in said.stderr for word in says), said.stderr


@pytest.mark.parametrize("arguments", [["dev"], ["serve"], ["config", "validate"]])
def test_an_unknown_setting_stops_every_command_that_would_run_without_it(tmp_path: Path, written, arguments):
    said = aion(tmp_path, written, *arguments, AION_METRICS_OPNE="true")
    assert (said.code, "did you mean AION_METRICS_OPEN?" in said.stderr) == (1, True)


def test_the_variables_of_a_client_do_not_stop_a_server(tmp_path: Path, written):
    client = {f"AION_{name}": "x" for name in ("SERVER", "API_KEY", "CLIENT_CA", "CLIENT_CERT", "CLIENT_KEY")}
    assert aion(tmp_path, written, "config", "validate", **client).code == 0


def test_the_local_key_is_made_anew_for_a_store_that_does_not_know_it(tmp_path: Path):
    here, there = (Settings(data_dir=tmp_path, storage_url=f"sqlite:///{tmp_path / name}.db") for name in ("a", "b"))
    first = dev_key(here)
    assert dev_key(here) == first
    second = dev_key(there)
    assert second.text != first.text
    assert dev_key(there) == second
    with key_desk(there) as desk:
        assert desk.knows(second.text)
        assert not desk.knows(first.text)


@pytest.mark.parametrize("name", ["dev-api-key", "dev-api-key.part", "ready.json", "ready.json.part"])
def test_a_key_is_not_written_into_a_file_that_another_laid_there(tmp_path: Path, name):
    place = tmp_path / "place"
    place.mkdir()
    laid = tmp_path / "laid"
    laid.touch(mode=0o666)
    (place / name).symlink_to(laid)
    key = dev_key(Settings(data_dir=place))
    _write_ready_file(place / "ready.json", RunningServer("grpc", "http"), key)
    assert laid.read_text() == ""
    for written_file in (key.path, place / "ready.json"):
        assert key.text in written_file.read_text()
        assert (written_file.is_symlink(), written_file.stat().st_mode & 0o777) == (False, 0o600)


def test_a_storage_url_that_no_server_would_take_is_not_valid(tmp_path: Path, written):
    said = aion(tmp_path, written, "config", "validate", AION_STORAGE_URL="postgres://aion:hunter2@db/aion")
    assert (said.code, "storage of the kind postgres is not in this version" in said.stderr) == (1, True), said.stderr
    assert "hunter2" not in said.stderr


def test_an_unknown_setting_is_named_with_the_nearest(tmp_path: Path, written):
    said = aion(tmp_path, written, "config", "validate", AION_DATA_DIRECTORY="/tmp")
    assert (said.code, "did you mean AION_DATA_DIR?" in said.stderr) == (1, True)


def test_a_password_is_not_shown(tmp_path: Path, written):
    said = aion(tmp_path, written, "config", "show", AION_STORAGE_URL="postgresql://aion:hunter2@db/aion")
    assert "AION_STORAGE_URL=postgresql://aion:***@db/aion" in said.stdout
    assert "hunter2" not in said.stdout + said.stderr


def test_the_doctor_says_what_is_missing_and_the_remedy(tmp_path: Path, written):
    well = aion(tmp_path, written, "doctor")
    assert (well.code, "MISSING" in well.stdout) == (0, False), well.stdout
    (tmp_path / "config" / "intents.yml").write_text("intents: [")
    ill = aion(tmp_path, written, "doctor")
    assert (ill.code, "MISSING" in ill.stdout) == (1, True)
    assert "aion config validate" in ill.stdout


def test_the_doctor_finds_a_store_that_no_server_could_start_with(tmp_path: Path, written):
    assert aion(tmp_path, written, "keys", "create", "billing").code == 0
    well = aion(tmp_path, written, "doctor")
    assert (well.code, "aion.db: whole" in unfolded(well)) == (0, True), well.stdout
    pepper, store = tmp_path / "data" / "api-keys.pepper", tmp_path / "data" / "aion.db"
    pepper.rename(tmp_path / "pepper")
    lost = aion(tmp_path, written, "doctor")
    assert (lost.code, f"{pepper} is gone" in unfolded(lost), pepper.exists()) == (1, True, False), lost.stdout
    (tmp_path / "pepper").rename(pepper)
    whole = store.read_bytes()
    store.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    damaged, refused = (aion(tmp_path, written, command) for command in ("doctor", "serve"))
    assert (damaged.code, "is damaged" in unfolded(damaged)) == (1, True), damaged.stdout
    assert (refused.code, "is damaged" in refused.stderr, "aion restore" in refused.stderr) == (1, True, True)


def unfolded(said) -> str:
    """A table's finding as one line: the third column, joined over the lines that it was folded into."""
    return "".join(line.split("│")[3].strip() + " " for line in said.stdout.splitlines() if line.count("│") == 5)


def test_the_doctor_finds_what_keeps_serve_from_starting_and_warns_of_a_port_that_is_taken(tmp_path: Path, written):
    misspelled = aion(tmp_path, written, "doctor", AION_METRICS_OPNE="true")
    assert (misspelled.code, "AION_METRICS_OPNE" in misspelled.stdout) == (1, True), misspelled.stdout
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        warned = aion(tmp_path, written, "doctor", AION_HTTP_LISTEN=address)
    assert (warned.code, "warning" in warned.stdout, address in warned.stdout) == (0, True, True), warned.stdout
    assert "AION_HTTP_LISTEN" in warned.stdout
    assert warned.stdout.count(address) == 1, "the address stands once"


def test_the_doctor_shows_long_paths_whole_and_names_every_column(tmp_path: Path, written):
    far = tmp_path / ("far" * 20) / "away"
    said = aion(tmp_path, written, "doctor", AION_DATA_DIR=str(far), COLUMNS="80")
    assert said.code == 0, said.stdout
    assert "status" in said.stdout
    assert "…" not in said.stdout
    cells = [line.split("│")[3].strip() for line in said.stdout.splitlines() if line.count("│") == 5]
    assert str(far) in "".join(cells)


def test_the_version_is_an_option_as_well(tmp_path: Path, written):
    asked = aion(tmp_path, written, "--version")
    assert (asked.code, asked.stdout) == (0, __version__ + "\n")


def test_ports_that_are_taken_are_told_all_at_once(tmp_path: Path, written):
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = [taken.getsockname()[1] for taken in (first, second)]
        said = aion(
            tmp_path,
            written,
            "serve",
            AION_GRPC_LISTEN=f"127.0.0.1:{ports[0]}",
            AION_HTTP_LISTEN=f"127.0.0.1:{ports[1]}",
        )
    assert said.code == 1
    assert said.stderr.splitlines()[-2:] == [
        f"aion: cannot listen on 127.0.0.1:{ports[0]}: it is taken; set AION_GRPC_LISTEN to another one",
        f"aion: cannot listen on 127.0.0.1:{ports[1]}: it is taken; set AION_HTTP_LISTEN to another one",
    ]


def test_serve_refuses_an_open_address_without_tls(tmp_path: Path, written):
    said = aion(tmp_path, written, "serve", AION_GRPC_LISTEN="0.0.0.0:0")
    assert said.code == 1
    assert "AION_GRPC_LISTEN" in said.stderr
    assert "AION_TLS_CERT" in said.stderr
    assert not (tmp_path / "data").exists()


def test_dev_refuses_an_open_address(tmp_path: Path, written):
    said = aion(tmp_path, written, "dev", AION_HTTP_LISTEN="0.0.0.0:0")
    assert (said.code, "AION_HTTP_LISTEN" in said.stderr) == (1, True)


def test_a_data_directory_has_one_server(server: Running, written):
    """7.1 A data directory has one owner process; a second one is refused and told who owns it."""
    said = process(server.data, "serve", **{name: str(path) for name, path in written.items()})
    assert said.code == 1
    assert str(server.process.pid) in said.stderr
    assert "AION_DATA_DIR" in said.stderr
    assert "Traceback" not in said.stderr


def test_migrating_twice_changes_nothing(tmp_path: Path, written):
    first, second = (aion(tmp_path, written, "migrate") for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert "applied" in first.stderr
    assert "up to date" in second.stderr


def test_a_port_that_is_taken_is_a_sentence_before_anything_is_compiled(tmp_path: Path, written, server: Running):
    places = {name: str(path) for name, path in written.items()}
    (tmp_path / "modules" / "echo-1.0.0" / "manifest.yaml").write_text("kind: nothing that could be loaded")
    said = process(tmp_path / "data", "serve", AION_HTTP_LISTEN=server.http, **places)
    assert (said.code, "AION_HTTP_LISTEN" in said.stderr) == (1, True)
    assert "Traceback" not in said.stderr
