"""What ends a command, in a line for a person: which setting, argument or place it is, and what to do.

An error that nobody but a programmer can act on has no such line, and keeps its stack trace.
"""

import errno
import os

import click

from pinterest_assets.cli.interrupts import Interrupted
from pinterest_assets.cli.output import FAILED, UNUSABLE
from pinterest_assets.pinterest.api.errors import PinterestError, TryAgain

_LONGEST_PATH = 300

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OF_THE_MACHINE = {
    errno.EACCES,
    errno.EIO,
    errno.EISDIR,
    errno.ELOOP,
    errno.EMFILE,
    errno.ENAMETOOLONG,
    errno.ENFILE,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
}


def status_of(problem: BaseException) -> int:
    """The exit status of a command that a problem ends: 1 where the same command may go well later."""
    if isinstance(problem, Interrupted):
        return problem.status
    return FAILED if isinstance(problem, TryAgain) else UNUSABLE


def line_of(problem: BaseException) -> str | None:
    """What to tell of a problem, in one line or one for each mistake; None when it is a fault of the code."""
    if isinstance(problem, Interrupted):
        return str(problem)
    if isinstance(problem, click.UsageError):
        return f"{problem.format_message().rstrip('.')}; `{_command(problem)} --help` shows what can be given"
    if isinstance(problem, click.ClickException):
        return problem.format_message()
    if isinstance(problem, PinterestError) or _is_of_the_warehouse(problem):
        return str(problem)
    if isinstance(problem, OSError):
        return _of_a_file(problem)
    return None


def _is_of_the_warehouse(problem: BaseException) -> bool:
    from pinterest_assets.warehouse import WarehouseError  # takes longer than to show the help

    return isinstance(problem, WarehouseError)


def _command(problem: click.UsageError) -> str:
    return problem.ctx.command_path if problem.ctx is not None else "pinterest-assets"


def _of_a_file(problem: OSError) -> str | None:
    """Only what the system says of a file or a disk: that a connection failed has its own errors."""
    where = f"{_shortened(os.fsdecode(problem.filename))}: " if problem.filename is not None else ""
    reason = f"{where}{problem.strerror or problem}"
    if problem.errno in _FULL:
        return f"{reason}: free space on that disk (files are written in {_places()}), and run it again"
    if problem.errno in _OF_THE_MACHINE and problem.filename is not None:
        return f"{reason}: check the path and its permissions"
    if "temporary directory" in str(problem):  # Python found none that it can write to
        return f"{problem.strerror}: free space in one of them, or set TMPDIR to a folder that has some"
    return None


def _shortened(path: str) -> str:
    return path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}..."


def _places() -> str:
    return "DAGSTER_HOME, in TMPDIR, beside the database, and where the output goes"
