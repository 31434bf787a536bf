"""The pepper: made once, private, never guessed at."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from aion.adapters.identity.pepper import PEPPER_FILE, PepperLost, PepperUnusable, mac, open_pepper
from tests.manual_clock import CountingEntropy


def nothing():
    """Nothing needs the pepper yet."""
    return ""


def test_the_first_use_makes_a_private_file_and_later_ones_read_it(tmp_path):
    folder = tmp_path / "data"
    pepper = open_pepper(folder, CountingEntropy(), nothing)
    assert len(pepper) == 32
    assert stat.S_IMODE((folder / PEPPER_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert open_pepper(folder, CountingEntropy(), nothing) == pepper
    assert [file.name for file in folder.iterdir()] == [PEPPER_FILE]


def test_many_at_once_get_the_same(tmp_path):
    entropy = CountingEntropy()
    with ThreadPoolExecutor(8) as threads:
        peppers = set(threads.map(lambda _: open_pepper(tmp_path, entropy, nothing), range(32)))
    assert len(peppers) == 1


def test_a_file_that_others_can_read_is_refused_with_the_remedy(tmp_path):
    open_pepper(tmp_path, CountingEntropy(), nothing)
    (tmp_path / PEPPER_FILE).chmod(0o640)
    with pytest.raises(PepperUnusable, match="chmod 600"):
        open_pepper(tmp_path, CountingEntropy(), nothing)


def test_a_damaged_file_is_refused_and_not_replaced(tmp_path):
    open_pepper(tmp_path, CountingEntropy(), nothing)
    (tmp_path / PEPPER_FILE).write_bytes(b"short")
    with pytest.raises(PepperUnusable, match="holds 5 bytes"):
        open_pepper(tmp_path, CountingEntropy(), nothing)
    assert (tmp_path / PEPPER_FILE).read_bytes() == b"short"


def test_one_that_is_gone_is_not_replaced_while_something_needs_it(tmp_path):
    with pytest.raises(PepperLost, match="2 API keys of this store") as refused:
        open_pepper(tmp_path, CountingEntropy(), lambda: "2 API keys")
    assert str(tmp_path / PEPPER_FILE) in str(refused.value)
    assert "aion keys begin-anew" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_one_that_another_process_made_meanwhile_with_its_first_key_is_taken(tmp_path):
    def made_meanwhile():
        open_pepper(tmp_path, CountingEntropy(), nothing)
        return "1 API key"

    pepper = open_pepper(tmp_path, CountingEntropy(), made_meanwhile)
    assert pepper == (tmp_path / PEPPER_FILE).read_bytes()


def test_another_pepper_gives_another_mac():
    assert mac(b"a" * 32, "text") != mac(b"b" * 32, "text")
