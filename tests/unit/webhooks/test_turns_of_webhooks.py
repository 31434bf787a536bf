"""Whose turn it is among webhooks, as the writer remembers it."""

from aion.adapters.storage.webhooks.turns import Turns

A, B, C = ("t", "a"), ("t", "b"), ("t", "c")


def test_only_what_is_due_has_a_turn():
    turns = Turns([(A, 10, 1), (B, 20, 1)])
    assert turns.next_due_us == 10
    assert list(turns.round(15, 10)) == [A]
    assert list(turns.round(20, 10)) == [A, B]


def test_a_round_that_was_cut_short_goes_on_where_it_was():
    turns = Turns([(A, 1, 1), (B, 2, 1), (C, 3, 1)])
    assert list(turns.round(9, 2)) == [A, B]
    assert list(turns.round(9, 2)) == [C, A]


def test_one_that_is_due_keeps_its_turn_and_one_that_waits_leaves_the_round():
    turns = Turns([(A, 1, 2), (B, 2, 1)])
    next(turns.round(9, 1))
    turns.due(B, 5, 9)
    turns.due(A, 30, 9)
    assert turns.next_due_us == 5
    assert list(turns.round(9, 10)) == [B]
    turns.due(B, None, 9)
    assert turns.next_due_us == 30


def test_what_waits_is_counted_until_it_is_over():
    turns = Turns([(A, 1, 2)])
    turns.add(A, 5)
    turns.add(B, 0)
    assert (turns.waiting(A), turns.waiting(B), turns.next_due_us) == (3, 1, 0)
    turns.over(A, 3)
    turns.drop(B)
    assert (turns.waiting(A), turns.waiting(B), turns.next_due_us) == (0, 0, 1)
