"""Client certificates as credentials: `principals.yml` says whom each certificate name means.

    principals:
      - san: spiffe://example.org/billing
        tenant: acme
        principal: billing
        scopes: [tasks:read, tasks:write, "intent:*:run"]

A name is a SPIFFE id or a DNS name, and matches only when it is equal: no wildcard, no trust in a whole
domain. A verified certificate that nobody listed proves nothing and is refused, also when the call carries
a good API key.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from aion.adapters.catalog.documents import read_document
from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.names import TenantName
from aion.adapters.catalog.strict_models import StrictModel, model_of
from aion.adapters.identity.issue import PRINCIPAL_PATTERN
from aion.adapters.identity.scopes import checked_scopes
from aion.domain.errors import Unauthenticated
from aion.domain.identity import Identity
from aion.ports.identity import Authenticator, CredentialBook, Credentials

_SPIFFE: Final = re.compile(r"spiffe://[a-z0-9._-]{1,255}(/[A-Za-z0-9._-]+)+")
_DNS: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_LONGEST_NAME: Final = 2048
_CREDENTIAL: Final = "certificate:"


def _certificate_name(name: str) -> str:
    if "*" in name:
        raise ValueError("is a pattern; list each name, only equal names match")
    if len(name) > _LONGEST_NAME or (_SPIFFE.fullmatch(name) is None and _DNS.fullmatch(name) is None):
        raise ValueError("is neither a SPIFFE id (spiffe://DOMAIN/PATH) nor a DNS name in lower case")
    return name


def _known_scopes(scopes: list[str]) -> list[str]:
    checked_scopes(scopes)
    return scopes


class PrincipalEntry(StrictModel):
    """One certificate name and who it is."""

    san: Annotated[str, AfterValidator(_certificate_name)]
    tenant: TenantName
    principal: Annotated[str, StringConstraints(pattern=PRINCIPAL_PATTERN)]
    scopes: Annotated[list[str], AfterValidator(_known_scopes)]


class PrincipalsFile(StrictModel):
    """`principals.yml`."""

    principals: list[PrincipalEntry] = Field(default_factory=list)


def read_principals(path: Path) -> Mapping[str, Identity]:
    """Who each certificate name is. Raises ConfigurationInvalid with file, line and field of every
    problem.
    """
    document = read_document(path)
    entries = model_of(document, PrincipalsFile).principals
    first: dict[str, int] = {}
    again = []
    for index, entry in enumerate(entries):
        where = ("principals", index, "san")
        if entry.san in first:
            line = document.line(("principals", first[entry.san], "san"))
            again.append(document.problem(where, f"{entry.san} is listed twice, first on line {line}; keep one"))
        first.setdefault(entry.san, index)
    if again:
        raise ConfigurationInvalid(again)
    return {
        entry.san: Identity(entry.tenant, entry.principal, frozenset(entry.scopes), credential=_CREDENTIAL + entry.san)
        for entry in entries
    }


class CertificateAuthenticator:
    """Knows the certificate names of `principals.yml`.

    TLS has verified the certificate before its names come here.
    """

    def __init__(self, principals: Mapping[str, Identity]) -> None:
        self._principals = dict(principals)

    def authenticate(self, credentials: Credentials) -> Identity | None:
        """The identity of the certificate; None without one.

        Refuses names that mean nobody, or two identities.
        """
        if not credentials.certificate_names:
            return None
        found = set(self._known(credentials.certificate_names))
        if len(found) != 1:
            raise Unauthenticated("The client certificate names no principal of this server, or more than one.")
        return found.pop()

    def standing(self, credential: str) -> Identity | None:
        """Who the certificate name means now; None when the credential is no certificate's name."""
        if not credential.startswith(_CREDENTIAL):
            return None
        identity = self._principals.get(credential.removeprefix(_CREDENTIAL))
        if identity is None:
            raise Unauthenticated("The client certificate names no principal of this server any more.")
        return identity

    def _known(self, names: Iterable[str]) -> Iterable[Identity]:
        for name in names:
            identity = self._principals.get(name if name.startswith("spiffe://") else name.lower())
            if identity is not None:
                yield identity


if TYPE_CHECKING:
    _: type[Authenticator] = CertificateAuthenticator
    _book: type[CredentialBook] = CertificateAuthenticator
