"""Tests of the work itself: python3 -m unittest."""

import unittest

from aion import Lines, Refusal
from module import work
from words import count


class Silent(Lines):
    """Lines that nobody reads."""

    def _line(self, value: object) -> None:
        pass


class Words(unittest.TestCase):
    """Counting, and what is refused."""

    def test_the_most_common_word_comes_first(self) -> None:
        """Case does not matter, and equally common words are in order."""
        words, found = count("A cat, a dog; the CAT and a bird.")
        self.assertEqual(words, 9)
        self.assertEqual(found[:3], [("a", 3), ("cat", 2), ("and", 1)])

    def test_a_number_may_come_as_text(self) -> None:
        """A task's params are strings."""
        self.assertEqual(work({"text": "b a b", "most": "1"}, Silent())["common"], [{"word": "b", "count": 2}])

    def test_what_does_not_fit_is_refused(self) -> None:
        """By the name of the field."""
        for fields in ({}, {"text": 1}, {"text": "a", "most": 0}, {"text": "a", "mots": 1}):
            with self.assertRaises(Refusal):
                work(fields, Silent())


if __name__ == "__main__":
    unittest.main()
