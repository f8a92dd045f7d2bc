"""Restrictions of the child process that reads files: memory, time, no programs, no connections, no writing of files.

A second line of defence: the reading code does none of this. It is active before the first byte is read.
"""

import os
import sys
from contextlib import suppress

from health.intake.reading.limits import ADDRESS_BYTES, SECONDS

_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.system", "os.startfile", "pty.", "os.remove",
    "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.kill", "shutil.", "ctypes.",
    "urllib.", "http.", "ftplib.", "smtplib.", "os.putenv", "sqlite3.", "winreg.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_resources() -> None:
    """Limit address space, processor time and core dumps, if the system supports it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        for resource_kind, maximum in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, int(SECONDS)), (resource.RLIMIT_AS, ADDRESS_BYTES)):
            resource.setrlimit(resource_kind, (maximum, maximum))


def forbid_side_effects() -> None:
    """Make forbidden operations raise PermissionError from now on, irrevocably. Open files stay open."""
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and _is_write(*args)):
        raise PermissionError(f"{event} is not allowed while reading a file")


def _is_write(path: object, mode: object = None, flags: object = 0, *_: object) -> bool:
    if isinstance(path, int):
        return False
    return (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or (isinstance(flags, int) and bool(flags & _WRITING))
