"""A server for the TypeScript SDK, the versions of Node.js to try it with, and the SDK as a built package."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from tests.e2e.catalogue import write_catalogue, write_small_catalogue
from tests.e2e.certificates import Authority
from tests.e2e.processes import Running, new_tenant, running, serving
from tests.sdk_typescript.nodes import run, versions
from tests.sdk_typescript.pages import served
from tools.node import NODE, SDK

SPIFFE = "spiffe://example.org/browserless"
PRINCIPALS = f'principals:\n  - {{san: "{SPIFFE}", tenant: acme, principal: ts, scopes: [server:read]}}\n'


# One version in every run, the oldest that is promised where there is time.
VERSIONS = [
    pytest.param(path, id=name, marks=[] if name == "node22" else pytest.mark.slow) for name, path in versions().items()
]


@pytest.fixture(params=VERSIONS)
def node(request: pytest.FixtureRequest) -> Path:
    """A version of Node.js."""
    return request.param


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages that browsers see."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def origin(site: Path) -> Iterator[str]:
    """The origin of those pages."""
    with served(site) as found:
        yield found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[Running]:
    """AION with the catalogue of the tests, which lets those pages call it."""
    folder = tmp_path_factory.mktemp("typescript")
    with running(folder, *write_catalogue(folder), AION_CORS_ORIGINS=origin) as ready:
        yield ready


@pytest.fixture(scope="session")
def facts(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that tells the live tests where the servers are: the one above, and one with mutual TLS."""
    folder = tmp_path_factory.mktemp("secured")
    authority = Authority("aion test authority")
    cert, key = authority.server().write(folder, "server")
    shown, shown_key = authority.sign(x509.UniformResourceIdentifier(SPIFFE)).write(folder, "client")
    (folder / "ca.pem").write_bytes(authority.cert)
    (folder / "principals.yml").write_text(PRINCIPALS)
    settings = {
        "AION_TLS_CERT": str(cert),
        "AION_TLS_KEY": str(key),
        "AION_TLS_CLIENT_CA": str(folder / "ca.pem"),
        "AION_PRINCIPALS": str(folder / "principals.yml"),
    }
    tenant = new_tenant()
    with serving(folder, *write_small_catalogue(folder), **settings) as secured:
        told = {
            "grpc": server.grpc,
            "http": server.http,
            "key": server.key(tenant),
            "weak": server.key(tenant, scopes=frozenset({"server:read"})),
            "secured": {
                "server": f"localhost:{secured.grpc.rpartition(':')[2]}",
                "ca": str(folder / "ca.pem"),
                "cert": str(shown),
                "key": str(shown_key),
            },
        }
        (folder / "facts.json").write_text(json.dumps(told))
        yield folder / "facts.json"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SDK's folder, built aside so that the tree stays as it is."""
    folder = tmp_path_factory.mktemp("sdk") / "typescript"
    shutil.copytree(SDK, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "node_modules").symlink_to(SDK / "node_modules")
    run([NODE, "build.mjs"], folder)
    return folder
