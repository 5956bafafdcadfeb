"""What a command draws on a terminal, moment by moment: the command is run on a pty of its own.

``python -m pinterest_assets_tests.e2e.recording FILE`` records a ``sync`` of the demo account as an asciinema cast.
"""

import fcntl
import json
import os
import pty
import re
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.project import demo_settings, last_days
from pinterest_assets_tests.secret_scan import keep

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Recording:
    """``written`` has what the terminal got, each with the seconds since the beginning; ``status`` how it ended."""

    columns: int
    rows: int
    written: list[tuple[float, str]] = field(default_factory=list)
    status: int = 0

    @property
    def text(self) -> str:
        """All that the terminal got."""
        return "".join(text for _, text in self.written)

    @property
    def lines(self) -> list[str]:
        """Every line that was drawn at some time, without colours and movements of the cursor."""
        return [_CONTROL.sub("", line) for line in re.split(r"[\r\n]+|\x1b\[[0-9]*[AK]", self.text)]

    def cast(self) -> str:
        """The recording as an asciinema cast file, version 2."""
        head = {"version": 2, "width": self.columns, "height": self.rows, "title": "pinterest-assets sync"}
        events = [json.dumps([round(seconds, 3), "o", text]) for seconds, text in self.written]
        return "\n".join([json.dumps(head), *events]) + "\n"


PROGRAM = (str(Path(sys.executable).with_name("pinterest-assets")),)


def record(
    folder: Path,
    settings: Mapping[str, str],
    *arguments: str,
    program: Sequence[str] = PROGRAM,
    typed: str = "",
    columns: int = 110,
    rows: int = 30,
) -> Recording:
    """Run a program in ``folder`` on a terminal of that size, to its end; ``typed`` is there for it to read."""
    recording = Recording(columns, rows)
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PINTEREST_", "DAGSTER_"))
    }
    clean.pop("COLUMNS", None)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        environment = {**clean, "TERM": "xterm-256color", **settings}
        os.execve(program[0], [*program, *arguments], environment)  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.write(terminal, typed.encode())
    began = time.monotonic()
    undecoded = b""
    while True:
        try:
            undecoded += os.read(terminal, 65_536)
        except OSError:  # the other end is closed
            break
        text = undecoded.decode(errors="ignore")
        recording.written.append((time.monotonic() - began, text))
        undecoded = b"" if text.encode() == undecoded else undecoded[len(text.encode()) :]
    os.close(terminal)
    keep(recording.text)
    recording.status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return recording


def main(file: str) -> None:
    """Record a sync of the whole demo account, whose reports take some seconds to be made."""
    days = last_days(14)
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo, tempfile.TemporaryDirectory() as folder:
        demo.desk.ready_after = 4.0
        settings = {**demo_settings(demo, Path(folder) / "ads.duckdb"), "XDG_STATE_HOME": folder}
        recording = record(Path(folder), settings, "sync", "--from", str(days.start))
    Path(file).write_text(recording.cast())


if __name__ == "__main__":
    main(sys.argv[1])
