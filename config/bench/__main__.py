"""`python -m config.bench OPTIONS`: run by `manage.py bench`, in a data directory of the benchmark's own."""

import json
import os
import sys

import django

from config import stopping
from config.trouble import Trouble

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with stopping.until_stopped():
            django.setup()
            from config.bench.run import Wanted, run

            run(Wanted(**json.loads(sys.argv[1])))
    except Trouble as trouble:
        sys.exit(str(trouble))
