"""`aion keys`: make, list and revoke API keys. Works on the data directory, also while a server runs."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from aion.app.commands.failing import refusals_as_sentences
from aion.app.offline import key_desk
from aion.app.settings import Settings
from aion.app.settings_report import load
from aion.app.settings_types import parse_duration
from aion.domain.identity import ALL_SCOPES

app = typer.Typer(help="Make, list and revoke API keys of the data directory (AION_DATA_DIR).", no_args_is_help=True)

Tenant = Annotated[str | None, typer.Option(help="The tenant; AION_DEFAULT_TENANT when not given.")]


@app.command()
def create(
    principal: Annotated[str, typer.Argument(help="The service account that the key is for, such as `billing`.")],
    tenant: Tenant = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="A scope; repeat it. Without one the key may do everything in its tenant.")
    ] = None,
    expires_in: Annotated[
        str | None, typer.Option(help="How long the key lives, such as `90d`; for ever if unset.")
    ] = None,
) -> None:
    """Make a key. Its text is printed once, on stdout, and cannot be had again."""
    with refusals_as_sentences():
        settings = load(Settings)
        expire_time = datetime.now(UTC) + parse_duration(expires_in) if expires_in else None
        with key_desk(settings) as desk:
            key, text = desk.issue(
                tenant or settings.default_tenant, principal, scope or sorted(ALL_SCOPES), expire_time
            )
        typer.echo(
            f"aion: key {key.key_id} of {key.principal} in tenant {key.tenant}; keep its text, it is not stored",
            err=True,
        )
        typer.echo(text)


@app.command("list")
def list_keys(tenant: Tenant = None) -> None:
    """List a tenant's keys, revoked ones too."""
    with refusals_as_sentences():
        settings = load(Settings)
        table = Table("id", "principal", "scopes", "created", "expires", "state")
        now = datetime.now(UTC)
        with key_desk(settings) as desk:
            for key in desk.store.list(tenant or settings.default_tenant):
                state = (
                    "revoked"
                    if key.revoke_time
                    else "expired"
                    if key.expire_time and key.expire_time <= now
                    else "valid"
                )
                table.add_row(
                    key.key_id,
                    key.principal,
                    " ".join(sorted(key.scopes)),
                    f"{key.create_time:%Y-%m-%d %H:%M}",
                    f"{key.expire_time:%Y-%m-%d %H:%M}" if key.expire_time else "never",
                    state,
                )
        Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `aion keys list` shows it.")], tenant: Tenant = None
) -> None:
    """Revoke a key; running servers notice within five seconds. Revoking twice is no error."""
    with refusals_as_sentences():
        settings = load(Settings)
        with key_desk(settings) as desk:
            known = desk.store.revoke(tenant or settings.default_tenant, key_id, datetime.now(UTC))
        if not known:
            typer.echo(f"aion: no key {key_id} in tenant {tenant or settings.default_tenant}", err=True)
            raise typer.Exit(1)
        typer.echo(f"aion: {key_id} is revoked", err=True)
