"""Which modules a server with these settings would see, how they are, and why it would not start with them.

A part of the composition root of `aion module`. Nothing is compiled and nothing is written: what was not looked at is
said to be so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog
from aion.adapters.catalog.packages import MANIFEST, AgentPackage, read_package
from aion.adapters.catalog.superseded import standing
from aion.adapters.engines.wasm.compiled import CompiledModules
from aion.adapters.packages.artifact import artifact_of
from aion.adapters.packages.contents import read_contents
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.shelf import Shelf
from aion.app.composition.engine_room import wasm_module
from aion.app.resources import config_folder, modules_folders, own_modules_folder
from aion.app.settings import Settings
from aion.ports.catalog import ModuleKind


class Health(StrEnum):
    """What is known of a module without running it."""

    READY = "ready"
    NOT_COMPILED = "not compiled yet"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Shown:
    """A module as it is listed, and who put it there. What cannot be read of it is empty; `broken` says why."""

    name: str
    folder: Path
    where: str
    health: Health
    version: str = ""
    wasm_digest: str = ""
    artifact_digest: str = ""
    kind: str = ""
    intents: tuple[str, ...] = ()
    broken: str = ""

    @property
    def engine(self) -> str:
        """Its candidate name."""
        return f"module:{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Listed:
    """The modules by name and version, and what keeps a server from starting; mostly nothing."""

    modules: tuple[Shown, ...]
    refusals: tuple[str, ...]


def list_modules(settings: Settings) -> Listed:
    """Every module that a server with these settings would see."""
    catalog, refusals = _catalog(settings)
    compiled = _compiled(settings)
    shown = [_shown(place, where, catalog, compiled) for place, where in _places(settings)]
    return Listed(tuple(sorted(shown, key=lambda each: (each.engine, str(each.folder)))), refusals)


def own_packages(settings: Settings) -> list[AgentPackage]:
    """The packages that nobody installed and that can be named."""
    found = []
    for place in _packages_in(own_modules_folder(settings)):
        try:
            found.append(read_package(place))
        except ConfigurationInvalid:
            continue  # it has no name that another could have too; the list shows it
    return found


def _places(settings: Settings) -> Iterator[tuple[Path, str]]:
    """The folder of every package, and who put it there."""
    origin = "AION_MODULES_DIR" if settings.modules_dir else "with AION"
    for place in _packages_in(own_modules_folder(settings)):
        yield place, origin
    for folder in Shelf(settings.shelf).modules():
        for place in _packages_in(folder):
            yield place, "installed"


def _packages_in(folder: Path) -> Sequence[Path]:
    return standing(place for place in folder.iterdir() if (place / MANIFEST).exists()) if folder.is_dir() else ()


def _catalog(settings: Settings) -> tuple[FileCatalog | None, tuple[str, ...]]:
    """What a server would make of all of it, or why it would not start."""
    try:
        return load_catalog(config_folder(settings), modules_folders(settings), RecentLatency()), ()
    except ConfigurationInvalid as invalid:
        return None, tuple(str(problem) for problem in invalid.problems)


def _compiled(settings: Settings) -> CompiledModules | None:
    """The cache; without a data directory nothing was ever compiled."""
    return CompiledModules(settings.data_dir, timedelta()) if settings.data_dir.is_dir() else None


def _shown(place: Path, where: str, catalog: FileCatalog | None, compiled: CompiledModules | None) -> Shown:
    try:
        package = read_package(place)
    except ConfigurationInvalid as cause:
        why = "; ".join(str(problem) for problem in cause.problems)
        return Shown(place.name, place, where, Health.BROKEN, broken=f"no server starts with it: {why}")
    broken = package.broken or _behind_another(package, catalog)
    ready = compiled is not None and compiled.has(
        wasm_module(package, counts_fuel=catalog is not None and catalog.caps_fuel)
    )
    return Shown(
        name=package.name,
        folder=place,
        where=where,
        health=Health.BROKEN if broken else Health.READY if ready else Health.NOT_COMPILED,
        version=package.version,
        wasm_digest=package.digest,
        artifact_digest=_artifact_digest(place),
        kind=ModuleKind(package.kind).name.lower(),
        intents=package.intents,
        broken=broken,
    )


def _behind_another(package: AgentPackage, catalog: FileCatalog | None) -> str:
    """Why another one of its name and version is used in its place; empty when none is, or one that is the same."""
    for used in catalog.packages() if catalog else ():
        if used.engine == package.engine and used.says() != package.says():
            return f"{used.folder} has its name and version and comes first; raise its version, or remove one"
    return ""


def _artifact_digest(folder: Path) -> str:
    try:
        return artifact_of(read_contents(folder)).digest
    except (PackageRefused, ConfigurationInvalid):
        return ""
