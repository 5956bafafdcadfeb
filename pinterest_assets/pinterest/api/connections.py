"""The connections of a session: kept alive between calls, and cut when nobody wants the answers any more.

A thread that waits for an answer cannot be told to stop; it can be given the end of its connection. Answers are
read until their ``deadline``. Knows nothing of what goes over them (see ``transport``).
"""

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager

from pinterest_assets.pinterest.api.deadline import time_to_connect, timed
from pinterest_assets.pinterest.api.networks import Networks

_HOSTS = 4
"""Whose connections are kept: Pinterest's, and those of the stores of files."""


class Connections(HTTPAdapter):
    """Up to ``pool_size`` connections to each host. Once closed, all are cut, and so is a later one.

    They lead to the ``networks`` alone; behind a proxy, it is the proxy that makes them.
    """

    def __init__(self, pool_size: int, networks: Networks | None = None) -> None:
        self._networks = networks
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._seeing = threading.Lock()
        self._closed = False
        super().__init__(pool_connections=_HOSTS, pool_maxsize=pool_size, pool_block=True)

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Called by requests."""
        super().init_poolmanager(*given, **named)
        self._look_after(self.poolmanager, self._networks)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Called by requests, when the environment names a proxy."""
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **named)
        if is_new:
            self._look_after(manager, None)
        return manager

    def close(self) -> None:
        """Close the idle connections, and cut those that an answer is awaited on."""
        super().close()
        with self._seeing:
            self._closed = True
            under_way = list(self._sockets)
        for one in under_way:
            _cut(one)

    def _look_after(self, manager: PoolManager, networks: Networks | None) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._with_seen_connections(pool, networks)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def _with_seen_connections(
        self, pool: type[HTTPConnectionPool], networks: Networks | None
    ) -> type[HTTPConnectionPool]:
        plain: Any = pool.ConnectionCls

        def connect(connection: Any) -> None:
            connection.timeout = time_to_connect(connection.timeout)
            plain.connect(connection)
            self._see(connection.sock)

        def response(connection: Any, sock: Any, *given: Any, **named: Any) -> Any:  # noqa: ARG001
            answer = plain.response_class(sock, *given, **named)
            answer.fp = timed(answer.fp, sock)
            return answer

        own: dict[str, Any] = {"connect": connect, "response_class": response}
        if networks is not None:

            def new_socket(connection: Any) -> socket.socket:
                return networks.connect(connection)

            own["_new_conn"] = new_socket
        seen = type(plain.__name__, (plain,), own)
        return type(pool.__name__, (pool,), {"ConnectionCls": seen})

    def _see(self, made: Any) -> None:
        if isinstance(made, socket.socket):  # TLS in the TLS of a proxy is something else
            with self._seeing:
                self._sockets.add(made)
                late = self._closed
            if late:
                _cut(made)


def _cut(one: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        # Not the method of a TLS socket, which takes apart what the other thread reads with.
        socket.socket.shutdown(one, socket.SHUT_RDWR)
