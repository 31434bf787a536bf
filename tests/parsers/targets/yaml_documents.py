"""Every YAML file that an operator or a module's author writes: manifests, intents, policies, models and others."""

from functools import partial

from aion.adapters.catalog.documents import parse_document
from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.manifest import Manifest
from aion.adapters.catalog.operator_files import IntentsFile, ModelsFile, PoliciesFile
from aion.adapters.catalog.retention_file import RetentionFile
from aion.adapters.catalog.strict_models import model_of
from aion.adapters.identity.principals import PrincipalsFile
from tests.e2e.catalogue import INTENTS, MANIFEST, MODELS, POLICIES

SEEDS = (
    b"\0" + MANIFEST.format(name="echo", version="1.0.0", timeout_ms=1000).encode(),
    b"\1" + INTENTS.encode(),
    b"\2" + MODELS.encode(),
    b"\3" + POLICIES.encode(),
    b"\4defaults: {tasks: 90d, events: {ok: 7d, error: forever}}\ntenants: {acme: {idempotency_keys: 48h}}\n",
    b'\5principals:\n  - {san: "spiffe://example.org/x", tenant: acme, principal: x, scopes: [tasks:read]}\n',
    b"\0? [a]\n: &b !!int 0x_\n<<: *b\n--- 1e999\n... -.inf : ~\n",
)
REFUSALS = (ConfigurationInvalid,)
_MODELS = (Manifest, IntentsFile, ModelsFile, PoliciesFile, RetentionFile, PrincipalsFile)
_READ = tuple(partial(model_of, model=model) for model in _MODELS)


def target(data: bytes) -> None:
    """The first byte chooses which file it is. Bytes that are no UTF-8 are refused before."""
    if not data:
        return
    try:
        text = data[1:].decode()
    except UnicodeDecodeError:
        return
    _READ[data[0] % len(_READ)](parse_document(text, "file.yml"))
