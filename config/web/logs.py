"""Configures logging: one line for each event, readable in a terminal and JSON in a file.

Each line of a request, of the tasks that it started, and of a WebSocket has its request id.
"""

import logging
import re
import sys
from contextvars import ContextVar
from secrets import token_hex

import redis
import structlog
from django.db import InterfaceError, OperationalError

from config.management.operator_error import first_line

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""A request id that may be written into logs and pages."""
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(claimed: str = "") -> str:
    """Write a request id into all further log lines of this thread or asyncio task. Returns it.

    It is `claimed` if that is well-formed, otherwise a new one.
    """
    request_id = claimed if WELL_FORMED.fullmatch(claimed) else token_hex(8)
    _request_id.set(request_id)
    return request_id


def end_request(**about) -> None:
    """Write no request id any more."""
    _request_id.set("")


def request_id() -> str:
    """The id of the current request. Empty outside of requests."""
    return _request_id.get()


def add_request_id(logger, method: str, event: dict) -> dict:
    if request_id():
        event.setdefault("request_id", request_id())
    return event


SECRET = ("password", "secret", "token", "cookie", "authorization", "session", "csrf")


def hide_secrets(logger, method: str, event: dict) -> dict:
    """Replace each value whose name looks like a secret, such as `password` or `token`."""
    return {
        name: "…" if any(word in name.lower() for word in SECRET) else value for name, value in event.items()
    }


def outage(error: BaseException | None) -> str:
    """The first line of an error which says that Postgres or Redis is away. An empty text for all other errors."""
    if isinstance(error, redis.ConnectionError | redis.TimeoutError):
        return first_line(error)
    # An error that Postgres reports, such as a deadlock, has a code and is worth a traceback. 57P: it shuts down.
    code = getattr(getattr(error, "__cause__", None), "sqlstate", None) or "57P"
    is_outage = isinstance(error, OperationalError | InterfaceError) and code.startswith("57P")
    return first_line(error) if is_outage else ""


def shorten_outages(logger, method: str, event: dict) -> dict:
    """Replace the traceback of an error by one line where an engine was away: each request would log 8 KB."""
    error = event.get("exc_info")
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException) and (line := outage(error)):
        del event["exc_info"]
        event["error"] = line
    return event


def is_news(record: logging.LogRecord) -> bool:
    """Whether a line of Django's about a request says more than our own line about it: only a traceback does."""
    return bool(record.exc_info) and not outage(record.exc_info[1])


BEFORE = [
    add_request_id,
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
        "filters": {"news": {"()": "django.utils.log.CallbackFilter", "callback": is_news}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"filters": ["news"]},
            # It logs each task otherwise. `folkmoot_task_seconds` counts them.
            "celery": {"level": "WARNING"},
            # A wrong Host header must not fill the log with tracebacks. Without a handler, Python would print them.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        },
    }


def _last(*, terminal: bool) -> list:
    if terminal:
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
