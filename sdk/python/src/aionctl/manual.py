"""How the reference of the commands is laid out: as Markdown for the docs, as a man page for terminals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aionctl.exit_codes import MEANINGS

SESSION_PANEL = "Server and output"

INTRODUCTION = """aionctl submits tasks to AION, follows them and shows why they ran where they ran. Data goes to
stdout, words and progress to stderr, the outcome to the exit code. Colours go only to a terminal, and not with
NO_COLOR.
"""

PLACES = """Where the server is comes from the first of these: `--server`, `--context`, `AION_SERVER`, `AION_CONTEXT`,
the context in use (`aionctl context use`), `127.0.0.1:50051`. With a context only its own key and certificates count,
unless an option of the command line gives others; `AION_API_KEY` and `AION_CLIENT_*` belong to `AION_SERVER`.
Contexts are kept in `$XDG_CONFIG_HOME/aionctl/config.yaml` (`~/.config` by default), which only its owner may write.
It says where a key comes from, never the key: a variable, a file of mode 0600, or a command. `aionctl context add
--key-stdin` keeps a key in such a file, until a context of that name is added that does not name it.
"""

FORMS = """`-o json` and `-o yaml` are for programs; what comes piece by piece (`events`, `watch`, `wait`, `run
--stream`) is one JSON object a line. With `-o json` an error is one JSON object on stderr: `{"error": {"code",
"reason", "message", "hint", "violations", "facts", "retry_after", "request_id", "trace_id", "exit_code"}}`. A command
line that cannot be understood is told in words.
"""

BATCHES = """`aionctl batch` takes the columns of a CSV file as params, or the members of each JSON line; values that
are no strings go as typed input. Without `--intent` a JSON line is `{"intent": ..., "params": {...}}`, with
`params_json`, `task_id`, `request_id`, `metadata` and `priority` if it likes. Every line has a request id that
follows from the batch's name, its content and its promise, so that a run that was killed is run again as it was: what
had been accepted is found, not made again, for 24 hours. With `--results` that holds for ever, since lines whose
tasks had ended in that file are skipped. A result is one JSON object a line: `line`, `request_id`, `task_id`,
`state`, `result`, `error`. The exit code is the worst of it: 6 when something may pass later, 5 when something was
refused, 1 when a task failed.
"""

VALUES = """`-p NAME=VALUE` takes `@FILE` for the text of a file, `@-` for stdin, `@@x` for `@x`. Times are seconds,
or have a unit: `500ms`, `30s`, `5m`, `24h`, `7d`. A moment is `2030-01-31T06:00:00Z`, or a while from now. Control
characters in what others wrote are spelled out, so that no text moves your cursor.
"""

FIRST_STEPS = """aionctl context add work --server https://aion.example --key-command "pass show aion" --use
aionctl run summarize -p text=@notes.txt                       # the result, the attempts, the cost
aionctl run summarize -p text=@- --stream < notes.txt          # the text while it is written
aionctl submit redact --params-json '{"text": "write to ada@example.org"}' --request-id letter-17 -o json
aionctl submit summarize -p text=@notes.txt --dry-run          # where it would run, and why
aionctl batch letters.csv --intent redact --results out.jsonl  # again after a break: it goes on where it was
aionctl list --state error --limit 20
aionctl route explain TASK_ID
aionctl retry TASK_ID
aionctl schedules create nightly summarize -p text=@notes.txt --cron "30 6 * * *" --time-zone Europe/Paris
source <(aionctl completion bash)
"""

SECTIONS = (
    ("Servers and keys", PLACES),
    ("Values", VALUES),
    ("Forms of output", FORMS),
    ("Batches", BATCHES),
)


@dataclass(frozen=True, slots=True)
class Option:
    """An option or an argument: its words, what it does, the variable that gives it too, the group it belongs to."""

    words: tuple[str, ...]
    help: str
    variable: str
    panel: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is called."""

    path: str
    help: str
    arguments: tuple[Option, ...]
    options: tuple[Option, ...]

    @property
    def usage(self) -> str:
        """How it is called."""
        words = [argument.words[0] for argument in self.arguments]
        return " ".join([self.path, *words, "[OPTIONS]"])

    @property
    def own(self) -> tuple[Option, ...]:
        """Its options but those that every command with a server has."""
        return tuple(option for option in self.options if option.panel != SESSION_PANEL)

    @property
    def common(self) -> tuple[Option, ...]:
        """The options that every command with a server has."""
        return tuple(option for option in self.options if option.panel == SESSION_PANEL)


def markdown(commands: Iterable[Command]) -> str:
    """The reference as a page of the docs."""
    return "\n".join(_markdown(list(commands))).rstrip() + "\n"


def _markdown(commands: list[Command]) -> Iterator[str]:
    yield "# aionctl\n"
    yield "<!-- Written by `aionctl docs`; `make generate` renews it. -->\n"
    yield INTRODUCTION
    yield f"```sh\n{FIRST_STEPS}```\n"
    for title, words in SECTIONS:
        yield f"## {title}\n\n{words}"
    yield "## Exit codes\n\n| code | meaning |\n| --- | --- |"
    yield from (f"| {code} | {words} |" for code, words in MEANINGS.items())
    common = next(command.common for command in commands if command.common)
    yield "\n## Options of every command that calls a server\n"
    yield from _table(common)
    yield "## Commands\n"
    for command in commands:
        yield f"### {command.path}\n\n```text\n{command.usage}\n```\n"
        yield command.help + "\n"
        yield from _table((*command.arguments, *command.own))


def _table(options: tuple[Option, ...]) -> Iterator[str]:
    if not options:
        return
    yield "| option | meaning |\n| --- | --- |"
    for option in options:
        words = ", ".join(f"`{word}`" for word in option.words).replace("|", "\\|")
        variable = f" Also `{option.variable}`." if option.variable else ""
        yield f"| {words} | {option.help.replace('|', chr(92) + '|')}{variable} |"
    yield ""


def man(commands: Iterable[Command]) -> str:
    """The reference as a man page."""
    return "\n".join(_man(list(commands))).rstrip() + "\n"


def _man(commands: list[Command]) -> Iterator[str]:
    yield '.TH AIONCTL 1 "" "AION" "AION"'
    yield ".SH NAME\naionctl \\- submit AI work under a promise and follow it"
    yield f".SH DESCRIPTION\n{_roff(INTRODUCTION)}"
    yield f".SH EXAMPLES\n.nf\n{_roff(FIRST_STEPS)}\n.fi"
    for title, words in SECTIONS:
        yield f".SH {title.upper()}\n{_roff(words)}"
    yield ".SH COMMANDS"
    for command in commands:
        yield f".SS {_roff(command.usage)}\n{_roff(command.help)}"
        yield from _entries((*command.arguments, *command.own))
    yield ".SH OPTIONS OF EVERY COMMAND THAT CALLS A SERVER"
    yield from _entries(next(command.common for command in commands if command.common))
    yield ".SH EXIT STATUS"
    for code, words in MEANINGS.items():
        yield f".TP\n.B {int(code)}\n{_roff(words)}"


def _entries(options: tuple[Option, ...]) -> Iterator[str]:
    for option in options:
        variable = f" Also {option.variable}." if option.variable else ""
        yield f".TP\n.B {_roff(', '.join(option.words))}\n{_roff(option.help + variable)}"


def _roff(text: str) -> str:
    escaped = text.strip().replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in escaped.split("\n"))
