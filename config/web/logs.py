"""Configures logging: one line for each event, readable in a terminal and JSON in a file."""

import sys

import structlog
from django.db import InterfaceError, OperationalError

SECRET = ("password", "secret", "token", "cookie", "authorization", "session", "csrf")


def hide_secrets(logger, method: str, event: dict) -> dict:
    """Replace each value whose name looks like a secret, such as `password` or `token`."""
    return {
        name: "…" if any(word in name.lower() for word in SECRET) else value for name, value in event.items()
    }


def shorten_outages(logger, method: str, event: dict) -> dict:
    """Replace the traceback of an error by one line where the database was away: each request would log 8 KB."""
    error = event.get("exc_info")
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    # An error that Postgres reports, such as a deadlock, has a code and is worth a traceback. 57P: it shuts down.
    code = getattr(getattr(error, "__cause__", None), "sqlstate", None) or "57P"
    if isinstance(error, OperationalError | InterfaceError) and code.startswith("57P"):
        del event["exc_info"]
        event["error"] = str(error).strip().partition("\n")[0]
    return event


BEFORE = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    shorten_outages,
    hide_secrets,
]


def configure(level: str) -> dict:
    """Configure structlog and return Django's LOGGING. Log lines of libraries get the same format."""
    structlog.configure(
        processors=[*BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": BEFORE,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_last(terminal=sys.stderr.isatty()),
                ],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # A wrong Host header must not fill the log with tracebacks. Without a handler, Python would print them.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        },
    }


def _last(*, terminal: bool) -> list:
    if terminal:
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
