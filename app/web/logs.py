"""The log: one JSON object a line on standard error, and never a secret in it.

The server is started with `log_config=None, access_log=False`: the envelope
writes the access lines, without query strings.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

HIDDEN = "[hidden]"
# A token of the API, the secret of a login link, a session cookie, a Bearer header, a password in
# a database's address.
_SECRETS = re.compile(
    r"(?P<token>dbt_[0-9a-z]+_)[\w-]{16,}"
    r"|(?P<link>\btoken=)[^&\s\"']+"
    r"|(?P<cookie>dartboard_session=)[^;\s\"']+"
    r"|(?P<header>\bBearer\s+)[^\s\"',]+"
    r"|(?P<address>://[^:/@\s]+:)[^@\s]+(?=@)"
)


def configure(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send our log and the libraries' through one pipe that hides secrets."""
    ours: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _STAMP,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *ours],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
    )
    pipe = logging.StreamHandler(stream or sys.stderr)
    pipe.setFormatter(formatter)
    logging.basicConfig(handlers=[pipe], level=level, force=True)
    for chatty in ("httpx", "httpcore"):  # they write whole addresses, with what is in them
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.add_logger_name,
            *ours,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace what looks like a secret in any text of the event, tracebacks too."""
    return {name: _hide(value) for name, value in event.items()}


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRETS.sub(_keep_name, value)
    if isinstance(value, dict):
        return {name: _hide(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(inner) for inner in value]
    return value


def _keep_name(found: re.Match[str]) -> str:
    return found[found.lastgroup or 0] + HIDDEN


_STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
