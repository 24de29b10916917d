"""A limit on the memory that reading somebody's file may take, on top of what is there.

The formats count what comes out of a file and stop in time; this is for what nobody foresaw. It is
set around the reading alone and counts from where the process stands: the encoder maps gigabytes
that it never touches, so that no limit on the whole process would hold anything back.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MAPPED = Path("/proc/self/statm")


@contextmanager
def at_most(more: int) -> Iterator[None]:
    """Let this process map so many bytes more and no further; 0 for any number.

    Where a process cannot tell what it has mapped, as on macOS, there is no limit.
    """
    if not more or not _MAPPED.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([_mapped() + more, *known]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _mapped() -> int:
    return int(_MAPPED.read_text().split()[0]) * resource.getpagesize()
