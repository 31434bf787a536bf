"""What every command needs: a client of the server, and the form in which answers are wanted.

Where the server is comes from the first of: --server, --context, AION_SERVER, AION_CONTEXT, the current context. A key
or certificate that was meant for one server is never sent to another: with a context only the context's own count,
unless an option of the command line gives others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import typer

from aion_sdk import TLS, AsyncClient, Client
from aion_sdk.options import OptionChanges
from aionctl.contexts import file, keys
from aionctl.contexts.values import Context, ContextError
from aionctl.option_values import beginning, one_of, seconds_within
from aionctl.output.form import Form

GROUP = "Server and output"


RECONNECTS = 6
"""Fewer than a program's: some three seconds, after which a person wants to know that nobody is there."""


@dataclass(frozen=True)
class Session:
    """One command's way to the server; `timeout` is None when the command line gave none."""

    context: typer.Context
    settings: Mapping[str, Any]
    form: Form
    timeout: float | None

    @cached_property
    def client(self) -> Client:
        """The client; it is closed when the command ends."""
        client = Client(**{"max_reconnects": RECONNECTS, **self.settings})
        self.context.call_on_close(client.close)
        return client

    def async_client(self, **changes: Any) -> AsyncClient:
        """A client for many tasks at once; its user closes it."""
        return AsyncClient(**{"max_reconnects": RECONNECTS, **self.settings, **changes})


def session(
    *,
    context: typer.Context,
    context_name: Annotated[
        str | None,
        typer.Option(
            "--context",
            envvar="AION_CONTEXT",
            help="A server and its key by name; see `aionctl context`.",
            autocompletion=beginning(file.names),
            rich_help_panel=GROUP,
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(envvar="AION_SERVER", help="host:port of gRPC, or https://host:port.", rich_help_panel=GROUP),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(envvar="AION_API_KEY", help="Better given by the environment.", rich_help_panel=GROUP),
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="Use TLS, trusting the system's CAs.", rich_help_panel=GROUP)
    ] = False,
    ca: Annotated[
        str | None, typer.Option(envvar="AION_CLIENT_CA", help="File of the CA to trust.", rich_help_panel=GROUP)
    ] = None,
    cert: Annotated[
        str | None,
        typer.Option(envvar="AION_CLIENT_CERT", help="File of the client's certificate.", rich_help_panel=GROUP),
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar="AION_CLIENT_KEY", help="File of the client's key.", rich_help_panel=GROUP)
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Let the API key travel unencrypted.", rich_help_panel=GROUP)
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            parser=seconds_within(0.001),
            metavar="TIME",
            help="How long the command may take: seconds, such as 30, or 5m.",
            rich_help_panel=GROUP,
        ),
    ] = None,
    output: Annotated[
        Form,
        typer.Option(
            "--output",
            "-o",
            parser=one_of(Form),
            metavar="|".join(Form),
            help="Form of the answer.",
            rich_help_panel=GROUP,
        ),
    ] = Form.TABLE,
) -> Session:
    """Find out where the server is. Raises ContextError and ConfigurationError."""
    given: dict[str, str | None] = {
        "server": server,
        "context_name": context_name,
        "api_key": api_key,
        "ca": ca,
        "cert": cert,
        "key": key,
    }
    chosen = _chosen(context, given)
    if chosen is not None:
        given = _with_context({name: value if _typed(context, name) else None for name, value in given.items()}, chosen)
        tls, insecure = tls or chosen.tls, insecure or chosen.insecure
    certificates = [given[name] for name in ("ca", "cert", "key")]
    changes: OptionChanges = {} if timeout is None else {"timeout": timeout}
    settings = {
        "server": given["server"],
        "api_key": given["api_key"],
        "tls": TLS(*certificates) if tls or any(certificates) else None,
        "insecure": insecure,
        # The options above have read it, as far as it counts.
        "environ": {},
        **changes,
    }
    return Session(context, settings, output, timeout)


def _chosen(context: typer.Context, given: Mapping[str, str | None]) -> Context | None:
    name = given["context_name"]
    if name and _typed(context, "context_name"):
        if _typed(context, "server"):
            raise ContextError("give --server or --context, not both: a context's key is for its own server")
        return file.load().named(name)
    if given["server"]:
        return None
    contexts = file.load()
    name = name or contexts.current
    return contexts.named(name) if name else None


def _with_context(typed: Mapping[str, str | None], chosen: Context) -> dict[str, str | None]:
    return {
        "server": chosen.server,
        "api_key": typed["api_key"] or keys.read_key(chosen),
        "ca": typed["ca"] or chosen.ca or None,
        "cert": typed["cert"] or chosen.cert or None,
        "key": typed["key"] or chosen.client_key or None,
    }


def _typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
