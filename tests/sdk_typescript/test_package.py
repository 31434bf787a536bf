"""The SDK as users get it: packed, installed into an empty project, checked by their compiler, run against AION."""

import json
import re
import tarfile
from pathlib import Path

import pytest

from tests.e2e.processes import Running, new_tenant
from tests.sdk_typescript.nodes import npm, run
from tools.node import NODE, SDK

RUNTIME = ("@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-node", "@connectrpc/connect-web")
CONSUMER = """\
import { Aion, AionError, NotFound, type Task, type TaskEvent, type TaskSpec } from "@aion-tasks/sdk";
import { Aion as PageAion } from "@aion-tasks/sdk/browser";

interface Summary { readonly summary: string }

function words(event: TaskEvent<Summary>): string {
  switch (event.kind) {
    case "TOKEN": return event.text;
    case "DONE": return event.data.summary.slice(0, 0);
    case "RESET": return String(event.discardFrom);
    case "PARTIAL": case "LOG": case "ERROR": case "UNKNOWN": return "";
  }
}

const client: Aion = new Aion();
const spec: TaskSpec = { intent: "summarize", text: "One thing. Another.", priority: "high" };
const done: Task<Summary> = await client.tasks.run<Summary>(spec);
const result: Summary | null = done.result;
let text = "";
for await (const event of client.tasks.stream<Summary>(spec)) text += words(event);
const missing: unknown = await client.tasks.get("nothing-here").catch((error: unknown) => error);
// @ts-expect-error - a result is unknown until the caller says what it is
client.tasks.get("t").then((task) => task.result.summary).catch(() => undefined);
// @ts-expect-error - no such state
client.tasks.list({ states: ["DONE"] });
console.log(JSON.stringify({
  state: done.state,
  same: text === result?.summary,
  missing: missing instanceof NotFound && missing instanceof AionError && missing.reason,
  page: typeof PageAion,
}));
await client.close();
"""
SETTINGS = {
    "target": "es2022",
    "module": "nodenext",
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "skipLibCheck": False,
    "types": [],
}


@pytest.fixture(scope="session")
def tarball(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    npm(built, "pack", "--pack-destination", str(folder))
    (packed,) = folder.glob("*.tgz")
    return packed


@pytest.fixture(scope="session")
def project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project into which the package was installed, with what it needs from files as well."""
    folder = tmp_path_factory.mktemp("project")
    npm(SDK / "node_modules", "pack", *(f"./{name}" for name in RUNTIME), "--pack-destination", str(folder))
    (folder / "package.json").write_text(json.dumps({"name": "consumer", "private": True, "type": "module"}))
    npm(folder, "install", str(tarball), *map(str, folder.glob("*.tgz")))
    (folder / "main.ts").write_text(CONSUMER)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": SETTINGS, "files": ["main.ts"]}))
    run([NODE, SDK / "node_modules/typescript/bin/tsc"], folder)
    return folder


def members(tarball: Path) -> dict[str, str]:
    with tarfile.open(tarball) as packed:
        files = [(member.name.removeprefix("package/"), packed.extractfile(member)) for member in packed]
        return {name: file.read().decode() for name, file in files if file is not None}


def test_the_package_holds_what_was_built_and_its_papers_and_nothing_else(tarball: Path) -> None:
    files = members(tarball)
    papers = {"LICENSE", "README.md", "CHANGELOG.md", "package.json"}
    assert papers <= files.keys()
    assert {"dist/index.js", "dist/index.d.ts", "dist/browser.js", "dist/browser.d.ts"} <= files.keys()
    assert all(name.startswith("dist/") and name.endswith((".js", ".d.ts")) for name in files.keys() - papers)


def test_no_public_type_is_any(tarball: Path) -> None:
    types = {name: text for name, text in members(tarball).items() if name.endswith(".d.ts") and "/gen/" not in name}
    assert len(types) > 20
    code = {name: re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL) for name, text in types.items()}
    assert [name for name, text in code.items() if re.search(r"\bany\b", text)] == []


def test_what_users_import_leads_to_no_generated_message(tarball: Path) -> None:
    files, seen, waiting = members(tarball), set(), ["dist/index.d.ts", "dist/browser.d.ts"]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for target in re.findall(r"from \"([^\"]+)\"", files[name]):
            assert target.startswith("."), f"{name} shows {target}"
            path = (Path("/") / name).parent / target
            waiting.append(str(path.resolve().relative_to("/")).removesuffix(".js") + ".d.ts")
    assert len(seen) > 10
    assert [name for name in seen if "/gen/" in name] == []


def test_an_installed_package_is_compiled_against_and_runs(node: Path, project: Path, server: Running) -> None:
    said = run([node, "main.js"], project, AION_SERVER=server.grpc, AION_API_KEY=server.key(new_tenant()))
    assert json.loads(said) == {"state": "OK", "same": True, "missing": "TASK_NOT_FOUND", "page": "function"}


def test_the_snippets_of_the_documentation_compile(project: Path) -> None:
    folder = project / "snippets"
    folder.mkdir()
    pages = [SDK / "README.md", *(SDK.parents[1] / "docs").rglob("*.md")]
    for page in pages:
        for number, code in enumerate(
            re.findall(r"^```ts\n(.*?)^```", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        ):
            (folder / f"{page.stem}_{number}.ts").write_text(code)
    found = sorted(file.name for file in folder.glob("*.ts"))
    assert {"README_0.ts", "sdk-typescript_0.ts"} <= set(found)
    types = {"types": ["node"], "typeRoots": [str(SDK / "node_modules/@types")], "noEmit": True, "skipLibCheck": True}
    settings = SETTINGS | types | {"exactOptionalPropertyTypes": False}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": settings, "files": found}))
    run([NODE, SDK / "node_modules/typescript/bin/tsc"], folder)


def test_the_lock_names_no_registry_and_every_package_by_its_hash() -> None:
    text = (SDK / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert len(packages) > 20
    assert '"resolved"' not in text
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
