"""The defaults of `aion dev`, where they are not those of a server that others reach."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from aion.app.settings import MINUTE, LogFormat, Ratio, Settings, data_home
from aion.app.settings_types import Rate, RateSetting


class DevSettings(Settings):
    """How `aion dev` runs: defaults for one person on one machine; the environment still wins."""

    data_dir: Path = Field(default_factory=lambda: data_home() / "dev")
    """Apart from what `aion serve` owns, so that both can run."""

    rate_per_key: RateSetting = Rate(600_000, MINUTE, burst=20_000)
    """High: the only caller is you, and benchmarks run here."""

    rate_per_ip: RateSetting = None
    """Off: every call comes from this machine."""

    log_format: LogFormat = LogFormat.CONSOLE
    """For people."""

    trace_ratio: Ratio = 1.0
    """Every call, if there is somewhere to send traces to."""

    metrics_open: bool = True
    """Open: loopback only."""

    docs_open: bool = True
    """Open: loopback only."""

    @model_validator(mode="after")
    def _loopback_only(self) -> Self:
        for name, listen in (("AION_GRPC_LISTEN", self.grpc_listen), ("AION_HTTP_LISTEN", self.http_listen)):
            if not listen.loopback:
                raise ValueError(f"{name}={listen}: `aion dev` listens on loopback only; use `aion serve`")
        return self
