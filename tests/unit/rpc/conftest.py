"""What is worked out once for each kind of message is worked out in every test anew: else the first test that asks for
it would be the only one to try how it is worked out.
"""

import pytest

from aion.adapters.rpc import counting, fingerprint, protobuf_reading


@pytest.fixture(autouse=True)
def nothing_is_known_of_messages() -> None:
    for known in (counting._bounds, fingerprint._call_only_fields, protobuf_reading._shape):
        known.cache_clear()
