"""The words of a module as an OCI artifact (image-spec 1.1), and the most that AION reads of one.

The bounds hold before anything is parsed: whoever made the layout is a stranger until it was verified.
"""

from typing import Final

INDEX: Final = "application/vnd.oci.image.index.v1+json"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
MODULE: Final = "application/vnd.aion.module.v1"
CONFIG: Final = "application/vnd.aion.module.config.v1+json"
WASM: Final = "application/wasm"

LAYOUT_FILE: Final = "oci-layout"
INDEX_FILE: Final = "index.json"
LAYOUT_VERSION: Final = "1.0.0"

REF_NAME: Final = "org.opencontainers.image.ref.name"
TITLE: Final = "org.opencontainers.image.title"
VERSION: Final = "org.opencontainers.image.version"
LICENSES: Final = "org.opencontainers.image.licenses"
DESCRIPTION: Final = "org.opencontainers.image.description"
AUTHORS: Final = "org.opencontainers.image.authors"

FILE_TYPES: Final = {
    ".json": "application/json",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".wasm": WASM,
    ".yaml": "application/yaml",
    "": "text/plain",
}
"""The media type of a layer by the ending of the file in it."""

ABI: Final = "1"
"""The version of the module ABI that a module speaks, see docs/semantics.md."""

MAX_INDEX_BYTES: Final = 1 << 20
MAX_MANIFEST_BYTES: Final = 1 << 18
MAX_MANIFESTS_BYTES: Final = 16 << 20
MAX_CONFIG_BYTES: Final = 1 << 16
MAX_FILE_BYTES: Final = 1 << 20
MAX_WASM_BYTES: Final = 64 << 20
MAX_FILES: Final = 256
MAX_ENTRIES: Final = 1000
MAX_TAR_BYTES: Final = 1 << 30
"""What a layout, and a module in it, may hold at most."""
