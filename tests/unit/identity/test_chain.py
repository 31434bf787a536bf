"""A call that proves itself twice."""

import pytest

from aion.adapters.identity.chain import AuthenticatorChain
from aion.adapters.identity.principals import CertificateAuthenticator
from aion.domain.errors import Unauthenticated
from aion.domain.identity import Identity
from aion.ports.identity import Credentials

NARROW = Identity("acme", "job", frozenset({"tasks:read"}))
WIDE = Identity("acme", "host", frozenset({"tasks:read", "tasks:write"}))
STRANGER = Identity("globex", "host", frozenset({"tasks:read"}))
BOTH = Credentials({"authorization": "Bearer aion_x"}, certificate_names=("host",))


class Always:
    """An authenticator that knows everybody as one."""

    def __init__(self, identity):
        self.identity = identity

    def authenticate(self, credentials):
        return self.identity


def test_the_first_that_answers_names_the_caller_with_its_own_scopes_only():
    assert AuthenticatorChain([Always(NARROW), Always(WIDE)]).authenticate(BOTH) == NARROW
    assert AuthenticatorChain([Always(None), Always(WIDE)]).authenticate(BOTH) == WIDE


def test_two_proofs_of_different_tenants_are_refused():
    with pytest.raises(Unauthenticated, match="do not belong together"):
        AuthenticatorChain([Always(NARROW), Always(STRANGER)]).authenticate(BOTH)


def test_a_certificate_that_nobody_listed_is_refused_also_with_a_good_key():
    with pytest.raises(Unauthenticated, match="names no principal"):
        AuthenticatorChain([Always(NARROW), CertificateAuthenticator({})]).authenticate(BOTH)


def test_a_chain_of_nothing_lets_nobody_in():
    with pytest.raises(Unauthenticated):
        AuthenticatorChain([]).authenticate(BOTH)
