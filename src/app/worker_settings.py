"""What an operator can set of a worker apart, besides what it shares with a server: folders, slots, logs, traces.

The same rules as in `aion.app.settings`: the environment only, one readable text each, every default with its reason.
"""

import os
import re
import socket
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, PlainSerializer, SecretStr, model_validator

from aion.app.settings import Settings, data_home
from aion.app.settings_types import Listen, ListenSetting

_NAME: Final = r"^[A-Za-z0-9._-]{1,64}$"
_PAIR: Final = re.compile(r"[A-Za-z0-9._-]{1,64}=[A-Za-z0-9._-]{0,128}")


def _host_name() -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:64] or "worker"


def _labels(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [pair for pair in value.split(",") if pair]
    for pair in pairs:
        if _PAIR.fullmatch(pair) is None:
            raise ValueError("write NAME=VALUE pairs, comma separated, as in gpu=none,region=eu")
    return dict(pair.split("=", 1) for pair in pairs)


def _patterns(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


LabelsSetting = Annotated[
    dict[str, str],
    BeforeValidator(_labels),
    PlainSerializer(lambda labels: ",".join(f"{name}={value}" for name, value in labels.items())),
]
PatternsSetting = Annotated[tuple[str, ...], BeforeValidator(_patterns), PlainSerializer(",".join)]


class RemoteWorkerSettings(Settings):
    """How `aion worker` runs."""

    data_dir: Path = Field(default_factory=lambda: data_home() / "worker")
    """Where the worker keeps compiled modules, and has installed ones; several workers may share it. Apart from what a
    server owns."""

    worker_slots: Annotated[int, Field(ge=1, le=10_000)] = 128
    """How many attempts run at once in this process: enough to hide modules that wait; engines bound the
    CPU."""

    worker_server: ListenSetting | None = None
    """The server's AION_WORKER_LISTEN, as HOST:PORT; `--server` says the same."""

    worker_name: Annotated[str, Field(pattern=_NAME)] = Field(default_factory=_host_name)
    """What operators call this worker. Unset: the host's name."""

    worker_api_key: SecretStr = SecretStr("")
    """An API key with the scope workers:serve. Unset: the certificate alone says who the worker is."""

    worker_tls_ca: Path | None = None
    """CA (PEM) that signed the server's certificate. Unset: plain text, then the server must be on loopback."""

    worker_tls_cert: Path | None = None
    """The worker's own certificate chain (PEM), which a server beyond loopback asks for."""

    worker_tls_key: Path | None = None
    """Private key (PEM) of the worker's certificate; set together with it."""

    worker_engines: PatternsSetting = ()
    """Which of its engines the worker offers, as names or patterns, comma separated: `module:redact@*`. Unset: all."""

    worker_labels: LabelsSetting = Field(default_factory=dict)
    """What else distinguishes it, for operators: `gpu=none,region=eu`."""

    worker_http_listen: ListenSetting = Listen("127.0.0.1", 8081)
    """Where /livez, /readyz, /healthz and /metrics answer. Beyond loopback the metrics need AION_METRICS_OPEN."""

    @model_validator(mode="after")
    def _a_certificate_is_whole(self) -> Self:
        if (self.worker_tls_cert is None) != (self.worker_tls_key is None):
            raise ValueError("AION_WORKER_TLS_CERT and AION_WORKER_TLS_KEY go together: set both or neither")
        if self.worker_tls_cert is not None and self.worker_tls_ca is None:
            raise ValueError("AION_WORKER_TLS_CERT needs AION_WORKER_TLS_CA: without it the connection is plain text")
        return self

    @model_validator(mode="after")
    def _plain_text_stays_here(self) -> Self:
        server = self.worker_server
        if server is not None and not server.loopback and self.worker_tls_ca is None:
            raise ValueError(
                f"AION_WORKER_SERVER={server} is another machine: set AION_WORKER_TLS_CA, and the worker's certificate"
            )
        return self


def incarnation(name: str, unique: bytes) -> str:
    """This start of a worker."""
    return f"{name[:32]}-{os.getpid()}-{unique.hex()}"
