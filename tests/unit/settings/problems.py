"""What is wrong with the settings of this environment."""

import pytest

from aion.app.settings import Settings
from aion.app.settings_report import SettingsInvalid, load


def problems(kind=Settings):
    with pytest.raises(SettingsInvalid) as refused:
        load(kind)
    return refused.value.problems
