"""Reads a catalogue from its folders, all of it, before it complains."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aion.adapters.catalog.binding import Declared
from aion.adapters.catalog.documents import Document, read_document
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem
from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.operator_files import IntentsFile, ModelsFile, PoliciesFile
from aion.adapters.catalog.packages import MANIFEST, AgentPackage, read_package
from aion.adapters.catalog.strict_models import Model, model_of
from aion.adapters.catalog.superseded import standing
from aion.ports.catalog import LatencyBook

_log = logging.getLogger(__name__)

INTENTS: Final = "intents.yml"
POLICIES: Final = "policies.yml"
MODELS: Final = "models.yml"


def load_catalog(
    config_dir: Path, modules_dirs: Sequence[Path], latency: LatencyBook, developed: Sequence[Path] = ()
) -> FileCatalog:
    """The catalogue of these folders. Raises ConfigurationInvalid, which names everything that is wrong.

    A file of the configuration may be missing. A folder of modules holds a folder for each package; folders
    without a manifest are passed over. `developed` are packages themselves, which stand in for those of the same name
    and version elsewhere.
    """
    reading = _Reading()
    if not config_dir.is_dir():
        reading.problems.append(Problem(str(config_dir), 0, "", "is not a folder; create it or correct the setting"))
    intents, intents_document = reading.file(config_dir / INTENTS, IntentsFile)
    policies, policies_document = reading.file(config_dir / POLICIES, PoliciesFile)
    models, models_document = reading.file(config_dir / MODELS, ModelsFile)
    packages = reading.packages(modules_dirs, developed)
    reading.refuse_repeated_models(models, models_document)
    if reading.problems:
        raise ConfigurationInvalid(reading.problems)
    declared = Declared(
        config_dir, intents, intents_document, policies, policies_document, models, tuple(packages.values())
    )
    return FileCatalog(declared, latency)


class _Reading:
    """Reads file after file and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def file(self, path: Path, model: type[Model]) -> tuple[Model, Document]:
        """The file as this model; as if it were empty when it is missing or wrong."""
        document = Document(str(path), {}, {})
        if path.exists():
            try:
                document = read_document(path)
                return model_of(document, model), document
            except ConfigurationInvalid as cause:
                self.problems.extend(cause.problems)
        return model(), document

    def packages(self, folders: Sequence[Path], developed: Sequence[Path]) -> dict[str, AgentPackage]:
        """All packages by candidate name. The same package in two places is one.

        Two that differ in one folder are a problem. In two folders the first counts: an AION that brings a module along
        which somebody had installed must still start.
        """
        found: dict[str, AgentPackage] = {package.engine: package for package in self._read(developed)}
        stands_in = frozenset(found)
        for folder in folders:
            own: dict[str, AgentPackage] = {}
            for package in self._packages_in(folder):
                if package.engine in stands_in:
                    continue
                earlier = found.setdefault(package.engine, package)
                if same_folder := own.setdefault(package.engine, package) is not package:
                    earlier = own[package.engine]
                if earlier is package or package.says() == earlier.says():
                    continue
                what = f"is {package.engine} too, and differs from {earlier.folder}; raise the version or remove one"
                problem = Problem(str(package.folder / MANIFEST), 0, "metadata.version", what)
                if same_folder:
                    self.problems.append(problem)
                else:
                    _log.warning("%s; it is not served", problem)
        return found

    def _packages_in(self, folder: Path) -> list[AgentPackage]:
        try:
            packages = standing(inside for inside in folder.iterdir() if (inside / MANIFEST).exists())
        except OSError as cause:
            what = f"cannot be read as a folder of modules ({cause.strerror}); create it or correct the setting"
            self.problems.append(Problem(str(folder), 0, "", what))
            return []
        return self._read(packages)

    def _read(self, folders: Sequence[Path]) -> list[AgentPackage]:
        packages: list[AgentPackage] = []
        for folder in folders:
            try:
                packages.append(read_package(folder))
            except ConfigurationInvalid as cause:
                self.problems.extend(cause.problems)
        return packages

    def refuse_repeated_models(self, models: ModelsFile, document: Document) -> None:
        """Two models of one name would make `model:NAME` mean either."""
        first: dict[str, int] = {}
        for at, model in enumerate(models.models):
            if first.setdefault(model.name, at) != at:
                what = f"{model.name} is models[{first[model.name]}] already; keep one"
                self.problems.append(document.problem(("models", at, "name"), what))
