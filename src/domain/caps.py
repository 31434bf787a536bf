"""What one tenant may have of an engine at most: they cut an engine's own limits, and never raise one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Caps:
    """0 is no cap. `concurrency` bounds the tenant's attempts of one engine at once in one process."""

    memory_bytes: int = 0
    fuel: int = 0
    timeout: timedelta = timedelta()
    concurrency: int = 0

    def of_timeout(self, timeout: timedelta) -> timedelta:
        """An engine's timeout under these caps."""
        return min(timeout, self.timeout) if self.timeout else timeout

    def of_memory(self, memory_bytes: int) -> int:
        """An engine's memory under these caps."""
        return min(memory_bytes, self.memory_bytes) if self.memory_bytes else memory_bytes

    def of_fuel(self, fuel: int) -> int:
        """An engine's fuel under these caps; 0 is unlimited in both."""
        return min(fuel or self.fuel, self.fuel or fuel)


NO_CAPS: Final = Caps()
