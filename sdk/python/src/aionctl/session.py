"""What every command needs: a client of the server, and the form in which answers are wanted."""

from dataclasses import dataclass
from typing import Annotated

import typer

from aion_sdk import TLS, Client
from aion_sdk.options import OptionChanges
from aionctl.option_values import one_of, seconds_within
from aionctl.output.form import Form

GROUP = "Server and output"


@dataclass(frozen=True, slots=True)
class Session:
    """One command's way to the server; `timeout` is None when the command line gave none."""

    client: Client
    form: Form
    timeout: float | None


def session(
    *,
    context: typer.Context,
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
    """Connect as the options say."""
    certificates = TLS(ca, cert, key) if tls or ca or cert or key else None
    changes: OptionChanges = {} if timeout is None else {"timeout": timeout}
    client = Client(server, api_key=api_key, tls=certificates, insecure=insecure, **changes)
    context.call_on_close(client.close)
    return Session(client, output, timeout)
