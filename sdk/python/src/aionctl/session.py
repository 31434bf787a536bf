"""What every command needs: a client of the server, and the form in which answers are wanted."""

from dataclasses import dataclass
from typing import Annotated

import typer

from aion_sdk import TLS, Client
from aion_sdk.options import OptionChanges
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
        typer.Option(envvar="AION_SERVER", help="host:port or https://host:port.", rich_help_panel=GROUP),
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
        float | None, typer.Option(min=0.001, help="Seconds that the command may take.", rich_help_panel=GROUP)
    ] = None,
    output: Annotated[
        Form, typer.Option("--output", "-o", help="Form of the answer.", rich_help_panel=GROUP)
    ] = Form.TABLE,
) -> Session:
    """Connect as the options say."""
    certificates = TLS(ca, cert, key) if tls or ca or cert or key else None
    changes: OptionChanges = {} if timeout is None else {"timeout": timeout}
    client = Client(server, api_key=api_key, tls=certificates, insecure=insecure, **changes)
    context.call_on_close(client.close)
    return Session(client, output, timeout)
