"""What all tables have in common: how their constraints are named, and the kinds of their columns."""

from sqlalchemy import Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text(name: str) -> Column[str]:
    """A text that is always there."""
    return Column(name, Text, nullable=False)


def number(name: str) -> Column[int]:
    """A number that is always there."""
    return Column(name, Integer, nullable=False)


def number_or_none(name: str) -> Column[int]:
    """A number that may be missing."""
    return Column(name, Integer, nullable=True)


def text_or_none(name: str) -> Column[str]:
    """A text that may be missing."""
    return Column(name, Text, nullable=True)
