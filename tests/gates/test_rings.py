"""import-linter refuses each import against the rings, under the sentence that it breaks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).parent / "lint-imports"
MODULES = (
    "aion/__init__.py",
    "aion/domain/__init__.py",
    "aion/domain/tasks.py",
    "aion/ports/__init__.py",
    "aion/ports/queues.py",
    "aion/adapters/__init__.py",
    "aion/adapters/storage.py",
    "aion/adapters/transports/__init__.py",
    *(
        f"aion/adapters/transports/{name}.py"
        for name in ("web", "rest", "connect", "websocket", "grpc", "header_fields", "stream_events", "http", "json")
    ),
    "aion/app/__init__.py",
    "aion/app/container.py",
    "aion/app/main.py",
    "aion/app/usecases/__init__.py",
    "aion/app/usecases/submit_task.py",
    "aion/contract/__init__.py",
    "aion/contract/validate_pb2.py",
    "aion/v1/__init__.py",
    "aion/v1/tasks_pb2.py",
    "aion/workers/__init__.py",
    "aion/workers/v1/__init__.py",
    "aion_sdk/__init__.py",
    "aionctl/__init__.py",
)
ALLOWED = {
    "aion/domain/tasks.py": "import dataclasses\n",
    "aion/ports/queues.py": "from typing import Protocol\nfrom aion.domain import tasks\n",
    "aion/adapters/storage.py": "import sqlalchemy\nfrom aion.ports import queues\nfrom aion.v1 import tasks_pb2\n",
    "aion/adapters/transports/web.py": "from aion.adapters.transports import connect, rest\n",
    "aion/adapters/transports/rest.py": "from aion.adapters.transports import header_fields, http, json\n",
    "aion/app/usecases/submit_task.py": "from aion.ports import queues\n",
    "aion/app/container.py": "from aion.adapters import storage\nfrom aion.app.usecases import submit_task\n",
    "aion/app/main.py": "from aion.app import container\n",
    "aion/v1/tasks_pb2.py": "from aion.contract import validate_pb2\n",
    "aionctl/__init__.py": "import aion_sdk\n",
}
PLANTED = [
    ("aion/domain/tasks.py", "import yaml", "The domain imports the standard library and itself, nothing else"),
    ("aion/domain/tasks.py", "from aion.ports import queues", "The domain imports the standard library and itself"),
    ("aion/ports/queues.py", "import sqlalchemy", "Ports speak of the domain only"),
    ("aion/app/usecases/submit_task.py", "from aion.adapters import storage", "A use case never knows an adapter"),
    (
        "aion/adapters/storage.py",
        "from aion.app.usecases import submit_task",
        "An adapter never knows the application around it",
    ),
    (
        "aion/app/main.py",
        "from aion.adapters import storage",
        "Only the composition roots name an adapter",
    ),
    (
        "aion/adapters/transports/connect.py",
        "from aion.adapters.transports import rest",
        "Doors do not know each other",
    ),
    ("aion/adapters/transports/http.py", "from aion.adapters.transports import rest", "Doors do not know each other"),
    ("aion/app/container.py", "from aion.app import main", "Nobody imports the entry point"),
    (
        "aion/app/usecases/submit_task.py",
        "from aion.v1 import tasks_pb2",
        "Only adapters speak the generated contract",
    ),
    ("aion_sdk/__init__.py", "import aion.domain", "The SDK and aionctl never import the server"),
    ("aion/app/main.py", "import aion_sdk", "The server never imports the SDK"),
    ("aion_sdk/__init__.py", "import aionctl", "The SDK works without its command line"),
]


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the project's contracts over a tree of stand-ins."""
    environment = os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{ROOT}", "COLUMNS": "200"}
    return subprocess.run(
        [LINTER, "--no-cache", "--no-logo", "--config", str(ROOT / "pyproject.toml")],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path):
    for name in MODULES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(ALLOWED.get(name, ""))
    return tmp_path


def test_imports_that_point_inwards_pass(tree):
    done = lint(tree)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "statement", "sentence"), PLANTED, ids=[f"{planted[0]}: {planted[2]}" for planted in PLANTED]
)
def test_a_planted_import_breaks_the_contract_that_forbids_it(tree, module, statement, sentence):
    with (tree / module).open("a") as file:
        file.write(statement + "\n")
    done = lint(tree)
    assert done.returncode == 1, done.stdout
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(sentence) for line in broken), done.stdout
