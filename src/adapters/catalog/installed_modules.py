"""The packages by name, and what a version that somebody writes stands for among them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from aion.adapters.catalog.names import precedence, semantic_version
from aion.adapters.catalog.packages import AgentPackage
from aion.adapters.catalog.version_ranges import version_range

_DIGEST: Final = "sha256:"
_WHOLE_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_MODULE: Final = "module:"
_HOW: Final = "write module:NAME, module:NAME@VERSION, or module:NAME@sha256: and 64 small hex digits"


class InstalledModules:
    """All packages, those of one name from the newest version to the oldest."""

    def __init__(self, packages: Iterable[AgentPackage]) -> None:
        self._by_name: dict[str, list[AgentPackage]] = {}
        for package in newest_first(packages):
            self._by_name.setdefault(package.name, []).append(package)

    @property
    def names(self) -> Sequence[str]:
        """The names of all modules."""
        return tuple(self._by_name)

    def versions(self, name: str) -> Sequence[AgentPackage]:
        """Every version of a module; none when there is no such module."""
        return self._by_name.get(name, ())

    def choose(self, name: str, wanted: str) -> AgentPackage | None:
        """What `NAME@wanted` stands for: one version, the newest of a range that can run, or the bytes of a digest.

        Of a range in which none can run it is the newest; an empty text is any version, pre-releases last. None when
        nothing is installed that fits. Raises ValueError for what is neither a version nor a range nor a digest.
        """
        packages = self.versions(name)
        fitting: Sequence[AgentPackage] = packages
        if wanted.startswith(_DIGEST):
            fitting = [package for package in packages if package.digest == wanted]
        elif is_version(wanted):
            fitting = [package for package in packages if package.version == wanted]
        elif wanted:
            within = version_range(wanted)
            fitting = [package for package in packages if package.version in within]
        return next((package for package in fitting if not package.broken), fitting[0] if fitting else None)

    def meant(self, reference: str) -> str:
        """The engine that a client means: a range becomes one version, everything else stays as it is.

        Raises ValueError for what cannot name an engine, whatever is installed: a digest that is misspelt would else be
        a wish that nobody fulfils, and other bytes would run.
        """
        name, at, wanted = reference.partition("@")
        module = name.removeprefix(_MODULE)
        if (module != name and ":" in module) or (at and not wanted):
            raise ValueError(f"names no engine; {_HOW}")
        if not at or _WHOLE_DIGEST.fullmatch(wanted):
            return reference
        if wanted.startswith(_DIGEST):
            raise ValueError(f"has a digest that is none; {_HOW}")
        try:
            chosen = self.choose(module, wanted)
        except ValueError as cause:
            raise ValueError(f"{cause}; for certain bytes {_HOW}") from cause
        return chosen.engine if chosen and module != name else reference


def newest_first(packages: Iterable[AgentPackage]) -> list[AgentPackage]:
    """By name, and the versions of one module from the newest to the oldest."""
    # Build metadata has no precedence; the version's text makes the order total.
    newest = sorted(packages, key=lambda package: (precedence(package.version), package.version), reverse=True)
    return sorted(newest, key=lambda package: package.name)


def is_version(text: str) -> bool:
    """Whether it names one version, by Semantic Versioning."""
    try:
        semantic_version(text)
    except ValueError:
        return False
    return True
