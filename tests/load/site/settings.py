"""The settings of the measured site: its own, and the pages of `baseline` beside them."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as OWN

ROOT_URLCONF = "tests.load.site.urls"
MIDDLEWARE = ["tests.load.site.baseline.BareDjango", *OWN]
