"""`aion module`: a module of one's own, from an empty folder to a server that runs it."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from aion.app.commands.failing import EXIT_REFUSED, refusals_as_sentences
from aion.app.commands.module_words import listed_lines, report_lines, report_of, shown_of, takers_line
from aion.app.commands.safe_text import visible_json, visible_line
from aion.app.composition.module_list import list_modules
from aion.app.composition.module_room import install as install_module
from aion.app.composition.module_room import pack as pack_modules
from aion.app.composition.module_room import remove as remove_module
from aion.app.composition.module_room import try_out
from aion.app.composition.module_room import verify as verify_modules
from aion.app.module_scaffold import LANGUAGES, make_module
from aion.app.settings import Settings
from aion.app.settings_report import load

app = typer.Typer(
    help="Make, test, pack, install and list modules of your own.", no_args_is_help=True, add_completion=False
)

Source = Annotated[
    str,
    typer.Argument(help="A package's folder, an OCI layout or a .tar of one; of several modules LAYOUT:NAME@VERSION."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: a to z, 0 to 9, - and _, at most 40 characters.")],
    lang: Annotated[str, typer.Option(help=f"What it is written in: {', '.join(LANGUAGES)}.")] = "rust",
    folder: Annotated[Path | None, typer.Option("--dir", help="Where; a new folder of its name if not given.")] = None,
) -> None:
    """Make the folder of a new module: source with a test, schemas, fixtures, and a README that says what to do."""
    with refusals_as_sentences():
        made = make_module(name, lang, folder or Path(name))
    typer.echo(f"aion: {made} holds the module {name}; its README.md begins with `make`", err=True)


@app.command("test")
def try_fixtures(
    source: Source = ".",
    runs: Annotated[int, typer.Option(help="How often each fixture runs; times are medians.", min=1, max=1000)] = 5,
    as_json: AsJson = False,
) -> None:
    """Run the fixtures of a module in the real engine, with the limits of its manifest; exit 1 if one fails."""
    with refusals_as_sentences():
        report = try_out(load(Settings), source, runs)
    if as_json:
        _print_json(report_of(report))
    else:
        for line in report_lines(report):
            typer.echo(line)
    if not report.passed:
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def pack(
    folders: Annotated[list[Path], typer.Argument(help="Folders of packages.")],
    output: Annotated[
        Path | None,
        typer.Option(help="An OCI layout to write or to add to, or a .tar to write. Not given: NAME-VERSION.tar."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pack modules as OCI artifacts; prints name, version, digest and bytes. The same folder gives the same digest."""
    with refusals_as_sentences():
        packed = pack_modules(folders, output)
    if as_json:
        _print_json(
            [
                {
                    "name": artifact.contents.package.name,
                    "version": artifact.contents.package.version,
                    "artifact_digest": artifact.digest,
                    "wasm_digest": artifact.wasm_digest,
                    "bytes": artifact.total_bytes,
                    "output": str(place),
                }
                for artifact, place in packed
            ]
        )
        return
    for artifact, place in packed:
        package = artifact.contents.package
        typer.echo(f"{package.name} {package.version} {artifact.digest} {artifact.total_bytes}")
        typer.echo(
            f"aion: {place} holds it; its WebAssembly alone, to which tasks are pinned, is {package.digest}", err=True
        )


@app.command()
def verify(source: Source, as_json: AsJson = False) -> None:
    """Check modules byte for byte, as an install would, and install nothing."""
    with refusals_as_sentences():
        found = verify_modules(source)
    if as_json:
        _print_json(
            [
                {
                    "name": each.contents.package.name,
                    "version": each.contents.package.version,
                    "artifact_digest": each.digest,
                    "wasm_digest": each.contents.package.digest,
                    "files": [file.path for file in each.contents.files],
                }
                for each in found
            ]
        )
        return
    for each in found:
        typer.echo(f"{each.contents.package.name} {each.contents.package.version} {each.digest}")
        typer.echo(
            f"aion: every blob and its package are right; its WebAssembly is {each.contents.package.digest}", err=True
        )


@app.command()
def install(
    source: Source,
    replace: Annotated[bool, typer.Option(help="Take the place of the same version with other bytes.")] = False,
) -> None:
    """Verify a module, compile it and put it where servers find it; versions stand side by side."""
    with refusals_as_sentences():
        settings = load(Settings)
        done = install_module(settings, source, replace=replace)
    package = done.unpacked.contents.package
    typer.echo(f"{package.name} {package.version} {done.unpacked.digest}")
    what = "was there already" if done.already else "took the place of other bytes" if done.replaced else "is installed"
    typer.echo(f"aion: {package.engine} {what} in {done.folder}; {takers_line(settings)}", err=True)


@app.command()
def remove(
    reference: Annotated[
        str, typer.Argument(help="NAME, which is all its versions, NAME@VERSION, or NAME@sha256:HEX of either digest.")
    ],
) -> None:
    """Take an installed module away; what runs in a server goes on until it starts again."""
    with refusals_as_sentences():
        gone = remove_module(load(Settings), reference)
    for folder in gone:
        typer.echo(f"aion: {folder} is gone", err=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the modules that a server with these settings would see, why one is broken, and why it would not start."""
    with refusals_as_sentences():
        listed = list_modules(load(Settings))
    if as_json:
        _print_json([shown_of(shown) for shown in listed.modules])
    else:
        for line in listed_lines(listed.modules):
            typer.echo(line)
    for each in listed.modules:
        if each.broken and not as_json:
            engine = f"{each.name}{'@' * bool(each.version)}{each.version}"
            typer.echo(visible_line(f"aion: {engine} is broken: {each.broken}"), err=True)
    for refusal in listed.refusals:
        typer.echo(visible_line(f"aion: a server does not start with this: {refusal}"), err=True)


def _print_json(document: object) -> None:
    typer.echo(visible_json(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()))
