"""Where AION's own files lie: in the wheel under `bundled`, in a checkout at the root of the repository."""

from pathlib import Path

from aion.app.settings import Settings

_PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = _PACKAGE / "bundled"


def _own(name: str) -> Path:
    """A folder that comes with AION."""
    return _BUNDLED / name if _BUNDLED.is_dir() else _PACKAGE.parent / name


def config_folder(settings: Settings) -> Path:
    """The folder with intents.yml, policies.yml and models.yml."""
    return settings.config_dir or _own("config")


def modules_folders(settings: Settings) -> tuple[Path, ...]:
    """The folders of AgentPackages: AION_MODULES_DIR or the one that comes with AION, then what was installed."""
    return (own_modules_folder(settings), *_installed(settings.shelf))


def own_modules_folder(settings: Settings) -> Path:
    """The folder of packages that nobody installed: AION_MODULES_DIR, or the one that comes with AION."""
    return settings.modules_dir or _own("modules")


def _installed(shelf: Path) -> list[Path]:
    if not shelf.is_dir():
        return []
    return [folder for folder in sorted(shelf.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]


def guest_crate() -> Path:
    """The Rust crate `aion-guest`, which templates bring along."""
    return _own("modules") / "guest"


def module_templates() -> Path:
    """The templates of modules, a folder for each language."""
    return _PACKAGE / "templates" / "modules"


def openapi_document() -> Path:
    """The generated OpenAPI document."""
    return _own("openapi") / "aion.v1.yaml"
