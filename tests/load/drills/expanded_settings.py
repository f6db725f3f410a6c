"""The settings with which the drill migrates, with the app `expansion`."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OWN

INSTALLED_APPS = [*OWN, "tests.load.drills.expansion"]
