"""The process of the command line: ``pinterest-assets``, or ``python -m pinterest_assets``.

It starts and ends sooner than Python does by itself. Dagster and pandas are some hundred thousand
objects that live as long as the process: looking through them for garbage while they are imported, and
taking them apart one by one at the end, together are most of a second of every command. The threads that
NumPy starts for linear algebra, of which there is none here, spin for another tenth.
"""

import atexit
import gc
import os
import signal
import sys
import threading
import warnings
from types import FrameType

_NEW_OBJECTS = 500_000
"""Between two searches for garbage: more than importing makes. Python's own default is 700."""

gc.set_threshold(_NEW_OBJECTS, 20, 100)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command that the arguments name, and end with its exit status."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, for programmers
    status = _run()
    # What Python does at the end, in its order, but for taking every object apart.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    os._exit(_flushed(status))


def _run() -> int:
    from pinterest_assets.cli import run_command

    return run_command(sys.argv[1:])


def _interrupted(number: int, _: FrameType | None) -> None:
    """End at once: nothing has begun, or all is done. What is half imported is no place to raise an error in."""
    status = 128 + number
    if "--json" in sys.argv:
        document = getattr(sys.modules.get("pinterest_assets.cli.output"), "document", None)
        line = b'{"status": %d, "error": "interrupted"}\n' % status
        os.write(getattr(document, "descriptor", 1), line)
    else:
        os.write(2, b"pinterest-assets: interrupted\n")
    os._exit(status)


def _flushed(status: int) -> int:
    """The exit status once all that was printed is written; another one where it cannot be."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # whoever read it has seen enough
        return status or 1
    except OSError as problem:
        os.write(2, f"pinterest-assets: the output cannot be written: {problem.strerror}\n".encode())
        return 2
    return status


if __name__ == "__main__":
    main()
