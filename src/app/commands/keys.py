"""`aion keys`: make, list and revoke API keys. Works on the data directory, also while a server runs."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from aion.app.commands.failing import fail, refusals_as_sentences
from aion.app.composition.offline import begin_keys_anew, key_desk
from aion.app.settings import Settings
from aion.app.settings_report import load, redacted
from aion.app.settings_types import parse_duration
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import ApiKey

app = typer.Typer(
    help="Make, list and revoke API keys of the data directory (AION_DATA_DIR).",
    no_args_is_help=True,
    add_completion=False,
)

COLUMNS = ("id", "principal", "scopes", "created", "expires", "state")

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
    """List a tenant's keys, revoked ones too; tab-separated when piped."""
    with refusals_as_sentences():
        settings = load(Settings)
        named, where = tenant or settings.default_tenant, _where(settings)
        with key_desk(settings) as desk:
            keys, void = desk.store.list(named), desk.void
    if not keys:
        typer.echo(f"aion: no keys in tenant {named} of {where}; --tenant names another", err=True)
        return
    typer.echo(f"aion: keys of tenant {named} in {where}", err=True)
    now = datetime.now(UTC)
    rows = [_row(key, now, void=void) for key in keys]
    if void:
        typer.echo(f"aion: api-keys.pepper is gone from {settings.data_dir}; without it no key is taken", err=True)
    if sys.stdout.isatty():
        Console().print(key_table(rows))
        return
    for row in (COLUMNS, *rows):
        typer.echo("\t".join(row))


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `aion keys list` shows it.")], tenant: Tenant = None
) -> None:
    """Revoke a key; running servers notice within five seconds. Schedules of its principal go on: pause or delete them.

    Revoking twice is no error.
    """
    with refusals_as_sentences():
        settings = load(Settings)
        with key_desk(settings) as desk:
            known = desk.store.revoke(tenant or settings.default_tenant, key_id, datetime.now(UTC))
        if not known:
            named = tenant or settings.default_tenant
            fail([f"no key {key_id} in tenant {named} of {_where(settings)}; --tenant names another"])
        typer.echo(f"aion: {key_id} is revoked", err=True)


@app.command("begin-anew")
def begin_anew(
    secret_is_lost: Annotated[
        bool, typer.Option("--secret-is-lost", help="Say that api-keys.pepper cannot be had again.")
    ] = False,
) -> None:
    """Give up every key and webhook of every tenant, once api-keys.pepper is lost for good. Stop the server first.

    Keys are revoked, webhooks deleted; tasks and schedules stay. The next start makes a new secret.
    """
    with refusals_as_sentences():
        settings = load(Settings)
        if not secret_is_lost:
            what = "this revokes every key and deletes every webhook of every tenant"
            fail([f"{what}; say --secret-is-lost if api-keys.pepper cannot be had again"])
        given_up = begin_keys_anew(settings)
        typer.echo(
            f"aion: {given_up or 'nothing'} given up; `aion keys list` shows what keys there were, make new ones with "
            "`aion keys create`",
            err=True,
        )


def _where(settings: Settings) -> str:
    """The store that was looked at: with another AION_DATA_DIR there are other keys."""
    return redacted(settings)["AION_STORAGE_URL"] or str(settings.data_dir)


def _row(key: ApiKey, now: datetime, *, void: bool) -> tuple[str, ...]:
    over = key.expire_time is not None and key.expire_time <= now
    return (
        key.key_id,
        key.principal,
        " ".join(sorted(key.scopes)),
        f"{key.create_time:%Y-%m-%d %H:%M}",
        f"{key.expire_time:%Y-%m-%d %H:%M}" if key.expire_time else "never",
        "revoked" if key.revoke_time else "expired" if over else "void" if void else "valid",
    )


def key_table(rows: Iterable[tuple[str, ...]]) -> Table:
    """The id stays whole however narrow the terminal is: it is what `aion keys revoke` asks for."""
    table = Table()
    for name in COLUMNS:
        table.add_column(name, no_wrap=name == "id", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
