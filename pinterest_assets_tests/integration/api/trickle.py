"""A server that never comes to an end: it sends some bytes at once and then others, one at a time, for ever."""

import itertools
import select
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SECONDS = 0.05
"""Between two bytes, so that no read timeout is met."""


@dataclass(frozen=True, slots=True)
class Endless:
    """What comes at once, and what comes after it again and again, a ``piece`` of bytes at a time."""

    start: bytes
    again: bytes
    piece: int = 1
    seconds: float = SECONDS

    def pieces(self) -> Iterator[bytes]:
        yield self.start
        for _ in itertools.count():
            for at in range(0, len(self.again), self.piece):
                yield self.again[at : at + self.piece]


class Trickling:
    """Says ``endless`` to everybody who connects, once they have said something."""

    def __init__(self, endless: Endless) -> None:
        self._endless = endless
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> "Trickling":
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stopped.set()
        self._serving.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            readable, _, _ = select.select([self._listening], [], [], 0.05)
            if readable:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._send, args=(connection,), daemon=True).start()

    def _send(self, connection: socket.socket) -> None:
        with connection:
            self._send_all(connection, self._endless.pieces())

    def _send_all(self, connection: socket.socket, pieces: Iterable[bytes]) -> None:
        try:
            connection.recv(65536)
            for piece in pieces:
                connection.sendall(piece)
                if self._stopped.wait(self._endless.seconds):
                    return
        except OSError:  # who is tested has hung up
            return
