"""The composition root of `aion module`: packages from folders, layouts and tars; the shelf; an engine to try them in.

No server needs to run for any of it, and none is disturbed: it keeps what it has loaded until it reads modules again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.settings import WasmSettings
from aion.adapters.packages.artifact import Artifact, artifact_of
from aion.adapters.packages.contents import copy_contents
from aion.adapters.packages.fixtures import read_fixtures
from aion.adapters.packages.layouts import DIGEST
from aion.adapters.packages.measures import Suggestion, suggestions
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.shelf import Installed, Shelf
from aion.adapters.packages.sources import Unpacked, candidates, one_candidate, package_of
from aion.adapters.packages.trial import Trial, try_fixture, with_measuring_limits
from aion.adapters.packages.writing import write_layout, write_tar
from aion.app.composition.engine_room import wasm_module
from aion.app.composition.module_list import own_packages
from aion.app.settings import Settings

TAR = ".tar"


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
    artifacts = [_artifact_of_a_copy(folder) for folder in folders]
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


def _artifact_of_a_copy(folder: Path) -> Artifact:
    with TemporaryDirectory(prefix="aion-module-") as copy:
        return artifact_of(copy_contents(folder.resolve(), Path(copy)))


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
        for other in own_packages(settings):
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
    """Takes NAME, NAME@VERSION or NAME@sha256:HEX off the shelf; the folders that went. Raises PackageRefused."""
    name, at, chosen = reference.partition("@")
    try:
        return _removed(settings, reference, name, at, chosen)
    except PackageRefused as cause:
        raise PackageRefused(f"{cause}{_never_installed(settings, name)}") from cause


def _never_installed(settings: Settings, name: str) -> str:
    """What is added where a module serves that no command put there, so that none can take it away."""
    own = [package for package in own_packages(settings) if package.name == name]
    if not own:
        return ""
    origin = "lies in AION_MODULES_DIR" if settings.modules_dir else "comes with AION"
    return f"; {own[0].engine} {origin}, and is not removed by this command"


def _removed(settings: Settings, reference: str, name: str, at: str, chosen: str) -> Sequence[Path]:
    if at and not chosen:
        raise PackageRefused(
            f"{reference} names no version; say which, or leave out the @ to remove all versions of {name}"
        )
    if chosen.startswith("sha256:"):
        if DIGEST.fullmatch(chosen) is None:
            raise PackageRefused(f"{chosen} is no digest: write sha256: and all 64 of its hex digits")
        return Shelf(settings.shelf).remove(name, digest=chosen)
    return Shelf(settings.shelf).remove(name, chosen)


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
