"""The settings of a site with the app `poison`."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OWN

INSTALLED_APPS = [*OWN, "tests.load.drills.poison.Poison"]
