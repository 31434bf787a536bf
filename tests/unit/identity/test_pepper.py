"""The pepper: made once, private, never guessed at."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from aion.adapters.identity.pepper import PEPPER_FILE, PepperUnusable, mac, open_pepper
from tests.manual_clock import CountingEntropy


def test_the_first_use_makes_a_private_file_and_later_ones_read_it(tmp_path):
    folder = tmp_path / "data"
    pepper = open_pepper(folder, CountingEntropy())
    assert len(pepper) == 32
    assert stat.S_IMODE((folder / PEPPER_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert open_pepper(folder, CountingEntropy()) == pepper
    assert [file.name for file in folder.iterdir()] == [PEPPER_FILE]


def test_many_at_once_get_the_same(tmp_path):
    entropy = CountingEntropy()
    with ThreadPoolExecutor(8) as threads:
        peppers = set(threads.map(lambda _: open_pepper(tmp_path, entropy), range(32)))
    assert len(peppers) == 1


def test_a_file_that_others_can_read_is_refused_with_the_remedy(tmp_path):
    open_pepper(tmp_path, CountingEntropy())
    (tmp_path / PEPPER_FILE).chmod(0o640)
    with pytest.raises(PepperUnusable, match="chmod 600"):
        open_pepper(tmp_path, CountingEntropy())


def test_a_damaged_file_is_refused_and_not_replaced(tmp_path):
    open_pepper(tmp_path, CountingEntropy())
    (tmp_path / PEPPER_FILE).write_bytes(b"short")
    with pytest.raises(PepperUnusable, match="holds 5 bytes"):
        open_pepper(tmp_path, CountingEntropy())
    assert (tmp_path / PEPPER_FILE).read_bytes() == b"short"


def test_another_pepper_gives_another_mac():
    assert mac(b"a" * 32, "text") != mac(b"b" * 32, "text")
