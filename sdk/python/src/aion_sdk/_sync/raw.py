# Written by sdk/python/sync_face.py from aion_sdk/_async/raw.py. DO NOT EDIT!
"""A call of a resource that answers with a RawResponse."""

from typing import Generic, ParamSpec, Protocol, TypeVar

from aion_sdk.raw import RawResponse, noted

Given = ParamSpec("Given")
Answered = TypeVar("Answered", covariant=True)  # noqa: PLC0105 - its variance is the protocol's
Value = TypeVar("Value")


class Call(Protocol[Given, Answered]):
    """A method that makes one call."""

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Answered:
        """Make the call."""


class RawCall(Generic[Given, Value]):
    """The same method, answering with everything that came."""

    def __init__(self, call: Call[Given, Value]) -> None:
        self._call = call

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> RawResponse[Value]:
        """Make the call. Raises AionError, which has the request id too."""
        with noted() as received:
            value = self._call(*args, **kwargs)
        return RawResponse(value, received.data, received.headers, received.trailers)
