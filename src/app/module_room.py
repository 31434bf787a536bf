"""The composition root of `aion module`: packages from folders, layouts and tars; the shelf; an engine to try them in.

No server needs to run for any of it, and none is disturbed: it keeps what it has loaded until it reads modules again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.packages import MANIFEST, AgentPackage, read_package
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.adapters.packages.artifact import Artifact, artifact_of
from aion.adapters.packages.contents import read_contents
from aion.adapters.packages.fixtures import read_fixtures
from aion.adapters.packages.measures import Suggestion, suggestions
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.shelf import Installed, Shelf
from aion.adapters.packages.sources import Unpacked, candidates, one_candidate, package_of
from aion.adapters.packages.trial import Trial, try_fixture, with_measuring_limits
from aion.adapters.packages.writing import write_layout, write_tar
from aion.app.engine_room import wasm_module
from aion.app.resources import own_modules_folder
from aion.app.settings import Settings

TAR = ".tar"


@dataclass(frozen=True, slots=True)
class Shown:
    """A module as it is listed, and who put it there. The digests are empty where the package cannot be read."""

    package: AgentPackage
    artifact_digest: str
    where: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of trying a package: its fixtures, and limits that would fit. `digest` is the artifact's."""

    package: AgentPackage
    digest: str
    trials: tuple[Trial, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def passed(self) -> bool:
        """Whether there were fixtures, and all of them passed."""
        return bool(self.trials) and all(trial.passed for trial in self.trials)


def pack(folders: Sequence[Path], output: Path | None) -> list[tuple[Artifact, Path]]:
    """Packs packages into one layout, a folder or a `.tar`; without one each into its own NAME-VERSION.tar. Says what
    went where. Raises PackageRefused, ConfigurationInvalid and OSError.
    """
    artifacts = [artifact_of(read_contents(folder.resolve())) for folder in folders]
    references = [artifact.reference for artifact in artifacts]
    if repeated := {reference for reference in references if references.count(reference) > 1}:
        raise PackageRefused(f"{', '.join(sorted(repeated))} is packed twice; name each package once")
    if output is None:
        places = [Path(f"{each.contents.package.name}-{each.contents.package.version}{TAR}") for each in artifacts]
        for artifact, place in zip(artifacts, places, strict=True):
            write_tar([artifact], place)
        return list(zip(artifacts, places, strict=True))
    write = write_tar if output.suffix == TAR else write_layout
    write(artifacts, output)
    return [(artifact, output) for artifact in artifacts]


def verify(source: str) -> list[Unpacked]:
    """Verifies every module that these words name. Raises PackageRefused and ConfigurationInvalid."""
    found = []
    with candidates(source) as chosen:
        for candidate in chosen:
            with TemporaryDirectory(prefix="aion-module-") as folder:
                found.append(candidate.unpack(Path(folder)))
    return found


def install(settings: Settings, source: str, *, replace: bool) -> Installed:
    """Verifies a module, compiles it, and puts it on the shelf. Raises PackageRefused and ConfigurationInvalid."""

    def check(unpacked: Unpacked) -> None:
        package = unpacked.contents.package
        for other in _packages_in(own_modules_folder(settings)):
            if other.engine == package.engine:
                raise PackageRefused(
                    f"{package.engine} is in {other.folder} already, which comes first; raise its version"
                )
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if problem := asyncio.run(WasmEngine({}, settings.data_dir).prepare(wasm_module(package))):
            raise PackageRefused(f"{package.engine} cannot run here: {problem}")

    with one_candidate(source) as candidate:
        return Shelf(settings.shelf).install(candidate, check, replace=replace)


def remove(settings: Settings, reference: str) -> Sequence[Path]:
    """Takes NAME or NAME@VERSION off the shelf; the folders that went. Raises PackageRefused."""
    name, _, version = reference.partition("@")
    return Shelf(settings.shelf).remove(name, version)


def modules(settings: Settings) -> list[Shown]:
    """Every module that a server with these settings would see, by name and version."""
    shelf = Shelf(settings.shelf)
    origin = "AION_MODULES_DIR" if settings.modules_dir else "with AION"
    own = [(package, origin) for package in _packages_in(own_modules_folder(settings))]
    installed = [(package, "installed") for folder in shelf.modules() for package in _packages_in(folder)]
    found = [Shown(package, _artifact_digest(package), where) for package, where in (*own, *installed)]
    return sorted(found, key=lambda shown: shown.package.engine)


def try_out(settings: Settings, source: str, runs: int) -> Report:
    """Runs the fixtures of a module in a real engine. Raises PackageRefused and ConfigurationInvalid."""
    with package_of(source) as unpacked:
        return asyncio.run(_try_out(settings, unpacked, runs))


async def _try_out(settings: Settings, unpacked: Unpacked, runs: int) -> Report:
    package = with_measuring_limits(unpacked.contents.package)
    fixtures = read_fixtures(package.folder)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    module = wasm_module(package)
    engine = WasmEngine({package.engine: module}, settings.data_dir, WasmSettings(hosts=1))
    if problem := await engine.prepare(module):
        raise PackageRefused(f"{package.engine} cannot run here: {problem}")
    async with engine:
        trials = [await try_fixture(engine, package, fixture, runs) for fixture in fixtures]
    took = [trial.taken for trial in trials if trial.taken is not None]
    return Report(
        unpacked.contents.package,
        unpacked.digest,
        tuple(trials),
        tuple(suggestions(unpacked.contents.package, took)),
    )


def _packages_in(folder: Path) -> list[AgentPackage]:
    """The packages below a folder that can be named; what cannot be is for `aion config validate` to tell."""
    found = []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (place / MANIFEST).exists():
            try:
                found.append(read_package(place))
            except ConfigurationInvalid:
                continue
    return found


def _artifact_digest(package: AgentPackage) -> str:
    try:
        return artifact_of(read_contents(package.folder)).digest
    except (PackageRefused, ConfigurationInvalid):
        return ""
