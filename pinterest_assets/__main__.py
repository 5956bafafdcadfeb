"""The process of the command line: ``pinterest-assets``, or ``python -m pinterest_assets``.

It starts and ends sooner than Python does by itself. Dagster and pandas are some hundred thousand
objects that live as long as the process: looking through them for garbage while they are imported, and
taking them apart one by one at the end, together are most of a second of every command. The threads that
NumPy starts for linear algebra, of which there is none here, spin for another tenth.
"""

import atexit
import gc
import os
import sys
import threading

_NEW_OBJECTS = 500_000
"""Between two searches for garbage: more than importing makes. Python's own default is 700."""

gc.set_threshold(_NEW_OBJECTS, 20, 100)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Run the command that the arguments name, and end with its exit status."""
    status = _run()
    # What Python does at the end, in its order, but for taking every object apart.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run() -> int:
    from pinterest_assets.cli import main as command

    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
