"""Everything that an operator can set, read once, from the environment (prefix `AION_`).

The server starts with none of it set. Each docstring says why its default is what it is; `.env.example`
and `aion config show` are made from them. Nothing here opens a file or a socket.
"""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from aion.app.settings_types import Duration, Listen, ListenSetting, ListSetting, OriginsSetting, Rate, RateSetting
from aion.domain.writes import IDEMPOTENCY_KEPT_FOR

PREFIX: Final = "AION_"
MINUTE: Final = timedelta(minutes=1)

Count = Annotated[int, Field(ge=1, le=10_000_000)]
CountOrNone = Annotated[int, Field(ge=0, le=10_000_000)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """For machines or for people."""

    JSON = "json"
    CONSOLE = "console"


def data_home() -> Path:
    """Where AION's folders of this user lie."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "aion"


def _cores() -> int:
    return len(os.sched_getaffinity(0))


class Settings(BaseSettings):
    """How `aion serve` runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # `AION_TLS_CERT=` in a compose file means: not set
        enable_decoding=False,  # a value is the text that it looks like, never JSON
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # an input may hold a password
        defer_build=True,  # of the kinds of settings, a process uses one
    )

    grpc_listen: ListenSetting = Listen("127.0.0.1", 50051)
    """Where gRPC listens. Loopback, because any other address needs TLS first; 50051 is what gRPC tools
    expect."""

    http_listen: ListenSetting = Listen("127.0.0.1", 8080)
    """Where REST, SSE, health and metrics listen. Loopback for the same reason."""

    tls_cert: Path | None = None
    """Certificate chain (PEM) of both servers. Unset: plain text, then both addresses must be loopback."""

    tls_key: Path | None = None
    """Private key (PEM) of the certificate; set together with it."""

    tls_client_ca: Path | None = None
    """CA (PEM) that signs client certificates. Set: every gRPC client must show one (mTLS), also one that
    sends an API key; AION_PRINCIPALS says who they are."""

    principals: Path | None = None
    """`principals.yml`: which certificate name is which principal of which tenant. Unset: API keys only."""

    cors_origins: OriginsSetting = ()
    """Origins whose pages may call AION from a browser, comma separated, as in
    `https://app.example.com,http://localhost:5173`; `*` is refused. Unset: none, only AION's own pages."""

    default_tenant: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "default"
    """The tenant that commands such as `aion keys create` mean when none is named; calls never fall back
    to it."""

    data_dir: Path = Field(default_factory=data_home)
    """Where AION keeps its store, keys, installed and compiled modules. One server owns it. Unset:
    $XDG_DATA_HOME/aion, which is ~/.local/share/aion, and for `aion dev` its folder dev. Per user, so that
    a command started from another folder finds the same data."""

    storage_url: str = ""
    """Where tasks and API keys live, as a database URL. Unset: SQLite in AION_DATA_DIR, which needs no other
    server."""

    modules_dir: Path | None = None
    """A folder of AgentPackages, besides those that `aion module install` put into AION_DATA_DIR. Unset: the modules
    that come with AION."""

    config_dir: Path | None = None
    """A folder with intents.yml, policies.yml, models.yml and retention.yml. Unset: the ones that come with AION."""

    lease: Duration = timedelta(seconds=10)
    """How long a worker may be silent before its task is given to another: longer than a pause, shorter
    than patience."""

    drain: Duration = timedelta(seconds=20)
    """How long a stopping server waits for calls and attempts, all together; it is gone two seconds later.
    Within the 30 s that Kubernetes grants by default."""

    worker_slots: CountOrNone = 128
    """How many attempts run at once in this process: enough to hide modules that wait; engines bound the
    CPU. 0: none, workers apart do it all (AION_WORKER_LISTEN)."""

    worker_listen: ListenSetting | None = None
    """Where workers on other machines connect (`aion worker`). Unset: no such door. Beyond loopback it needs
    AION_WORKER_LISTEN_CLIENT_CA: workers serve every tenant, so they prove twice who they are."""

    worker_listen_cert: Path | None = None
    """Certificate chain (PEM) that this server shows to workers. Unset: AION_TLS_CERT."""

    worker_listen_key: Path | None = None
    """Private key (PEM) of that certificate; set together with it."""

    worker_listen_client_ca: Path | None = None
    """CA (PEM) that signs workers' certificates. Set: whoever connects to AION_WORKER_LISTEN must show one;
    clients at the other addresses need none for it. AION_PRINCIPALS says who they are."""

    engine_hosts: Annotated[int, Field(ge=1, le=1_024)] = Field(default_factory=_cores)
    """How many child processes run WASM, at most 1024. Unset: one per core that this process may use; more only
    compete."""

    max_pending: Count = 10_000
    """How many tasks of one tenant may wait; the next one is refused with QUEUE_FULL. A bound that work
    drains in minutes."""

    max_schedules: Count = 1_000
    """How many schedules one tenant may have; the next one is refused with LIMIT_REACHED. So many can all be
    due in the same minute and be submitted within it."""

    schedule_rate: RateSetting = Rate(1_200, MINUTE, burst=1_000)
    """How often the schedules of one tenant may fire or skip, all together: `1200/min,burst=1000`, or `off`. The burst
    is all its schedules at one time, the rate twenty a second, which others do not notice. What is over it waits."""

    keep_events: Duration | None = None
    """How long the events of a task are kept after its end, as in `7d`; its result stays. Unset: for ever. What
    retention.yml says, by tenant and by how the task ended, comes first."""

    keep_tasks: Duration | None = None
    """How long a task with its result is kept after its end, as in `90d`; its id stays taken. Unset: for ever.
    At least 24h, the time for which a retry is answered with its task. What retention.yml says comes first."""

    max_waiters: Count = 1_000
    """How many calls may wait for a result at once; one tenant may hold half of them. Each costs a
    connection and a timer."""

    max_watchers: Count = 2_000
    """How many streams may be open at once, and how many WebSocket connections; one tenant may hold half of them.
    Each stream costs about 50 us of CPU an event."""

    max_queued_calls: Count = 500
    """How many calls may wait for their turn when more come than this process can serve; the next one is refused with
    OVERLOADED. One tenant may hold half of them. What a machine of two cores serves within a second."""

    max_concurrent_streams: Count = 1_000
    """How many calls one gRPC connection may have open: bounds what one client can hold."""

    max_connections: Count = 4_096
    """How many connections each port holds open; gRPC refuses the next one, HTTP ends the one that was silent longest.
    More than the clients of one server. At most a half (HTTP) and a quarter (gRPC) of the files that it may open."""

    rate_per_key: RateSetting = Rate(60, MINUTE, burst=120)
    """How often one principal of a tenant may call, with however many keys or certificates:
    `60/min,burst=120`, or `off`. A batch is one call. Meant for services that share a server with others;
    raise it for one that is yours."""

    rate_per_ip: RateSetting = Rate(120, MINUTE, burst=120)
    """How often one address may call, with however many keys. Raise it, or `off`, behind a proxy, where all
    callers share one address."""

    webhook_allow: ListSetting = ()
    """What webhooks may call beyond public addresses on port 443: addresses, networks and names, comma separated, each
    with `:PORT` or for every port, as in `10.0.0.0/8:8443,hooks.example.com:8443`. A name opens the port only; plain
    HTTP is for allowed loopback addresses. Unset: nothing, so that no tenant reaches your network."""

    log_level: LogLevel = LogLevel.INFO
    """debug, info, warning or error. At info a request that succeeds leaves no line: metrics count it."""

    log_format: LogFormat = LogFormat.JSON
    """json (one object a line, for machines) or console (for people)."""

    otlp_endpoint: str = Field(default="", pattern=r"^(https?://.+)?$")
    """Where traces go, as an OTLP/gRPC URL such as http://127.0.0.1:4317. Unset: no traces, and no cost."""

    trace_ratio: Ratio = 0.05
    """The share of calls without a traceparent that are traced; a caller's own choice is always followed.
    A trace costs about as much as the rest of the pipeline, so not all."""

    metrics_open: bool = False
    """Whether /metrics answers without credentials. Closed: load and names of engines are for scope
    server:read."""

    stage_profile: bool = False
    """Whether the stages of every call are timed, shown in /metrics as aion_stage_seconds. Off: nothing of it is on
    the path of a call. On, it costs some tens of microseconds a call: for hunting what is slow."""

    docs_open: bool = False
    """Whether REST documentation and gRPC reflection answer without credentials."""

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("AION_TLS_CERT and AION_TLS_KEY go together: set both or neither")
        if self.tls_client_ca is not None and self.tls_cert is None:
            raise ValueError("AION_TLS_CLIENT_CA needs AION_TLS_CERT and AION_TLS_KEY: mTLS begins with TLS")
        if self.principals is not None and self.tls_client_ca is None and self.worker_listen_client_ca is None:
            raise ValueError(
                "AION_PRINCIPALS needs AION_TLS_CLIENT_CA, or for workers AION_WORKER_LISTEN_CLIENT_CA: names come "
                "from verified certificates only"
            )
        return self

    @model_validator(mode="after")
    def _tls_for_workers_is_whole(self) -> Self:
        if (self.worker_listen_cert is None) != (self.worker_listen_key is None):
            raise ValueError("AION_WORKER_LISTEN_CERT and AION_WORKER_LISTEN_KEY go together: set both or neither")
        if self.worker_listen_client_ca is not None and self.worker_listen_cert is None and self.tls_cert is None:
            raise ValueError(
                "AION_WORKER_LISTEN_CLIENT_CA needs AION_TLS_CERT and AION_TLS_KEY, or AION_WORKER_LISTEN_CERT and "
                "AION_WORKER_LISTEN_KEY: mTLS begins with TLS"
            )
        return self

    @model_validator(mode="after")
    def _a_task_is_kept_as_long_as_its_key(self) -> Self:
        if self.keep_tasks is not None and self.keep_tasks < IDEMPOTENCY_KEPT_FOR:
            raise ValueError("AION_KEEP_TASKS must be at least 24h: for so long a retry is answered with its task")
        return self

    @model_validator(mode="after")
    def _the_store_outlives_the_process(self) -> Self:
        if self.storage_url == "sqlite://":
            raise ValueError(
                "AION_STORAGE_URL=sqlite:// is a store in memory, for which nobody else could make an API key: "
                "name a file, such as sqlite:////var/lib/aion/aion.db, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _plain_text_stays_on_this_machine(self) -> Self:
        for name, listen in (("AION_GRPC_LISTEN", self.grpc_listen), ("AION_HTTP_LISTEN", self.http_listen)):
            if self.tls_cert is None and not listen.loopback:
                raise ValueError(
                    f"{name}={listen} can be reached from other machines, in plain text: "
                    "set AION_TLS_CERT and AION_TLS_KEY, or listen on 127.0.0.1"
                )
        return self

    @model_validator(mode="after")
    def _somebody_runs_the_tasks(self) -> Self:
        if self.worker_slots == 0 and self.worker_listen is None:
            raise ValueError("AION_WORKER_SLOTS=0 needs AION_WORKER_LISTEN: else nobody could run a task")
        return self

    @model_validator(mode="after")
    def _workers_show_certificates(self) -> Self:
        listen = self.worker_listen
        if listen is not None and not listen.loopback and self.worker_listen_client_ca is None:
            raise ValueError(
                f"AION_WORKER_LISTEN={listen} can be reached from other machines: set AION_TLS_CERT, AION_TLS_KEY and "
                "AION_WORKER_LISTEN_CLIENT_CA, so that workers show certificates, or listen on 127.0.0.1"
            )
        return self

    @property
    def shelf(self) -> Path:
        """Where `aion module install` puts modules: in AION_DATA_DIR, else where every server of this user looks."""
        return (self.data_dir if "data_dir" in self.model_fields_set else data_home()) / "modules"

    @property
    def store(self) -> str:
        """The database URL, also when it is not set."""
        return self.storage_url or f"sqlite:///{self.data_dir.absolute() / 'aion.db'}"
