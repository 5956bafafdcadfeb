"""Redis, Postgres and nginx servers of the tests' own, started from Debian's packages and gone afterwards."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pinterest_assets_tests.secret_scan import scan

PASSWORD = "PLANTEDsecret-of-the-budget"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of a Redis that wants a password."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server here (Debian: apt-get install redis-server)")
    port = free_port()
    with _folder() as folder:
        settings = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""]
        command = [program, *settings, "--dir", str(folder), "--logfile", str(folder / "redis.log")]
        with _running(command, port):
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a database that wants a password."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), Path(shutil.which("initdb") or "/none")]
    found = [place for place in places if place.exists()]
    if not found:
        pytest.skip("there is no postgres here (Debian: apt-get install postgresql)")
    # Postgres will not run as root.
    user = "postgres" if os.geteuid() == 0 else None
    with _folder(user) as folder:
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        initdb = [str(found[0]), "-D", str(data), "-U", "pinterest", "--pwfile", str(secret), "--no-sync"]
        subprocess.run(
            [*initdb, "-A", "scram-sha-256"], check=True, user=user, capture_output=True, cwd=folder
        )
        secret.unlink()
        port = free_port()
        options = {"fsync": "off", "listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
        quick = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(found[0].with_name("postgres")), "-D", str(data), "-p", str(port), *quick]
        with _running(command, port, user, folder):
            yield f"postgresql://pinterest:{PASSWORD}@127.0.0.1:{port}/postgres"


@contextmanager
def nginx_server(configuration: str, port: int, folder: Path) -> Iterator[None]:
    """An nginx with the server blocks of ``configuration``, which has it listen on ``port``; its files are in ``folder``."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("there is no nginx here (Debian: apt-get install nginx-light)")
    (folder / "dagster.conf").write_text(configuration)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""  # another one may not enter the folder
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\ndaemon off;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}include {folder / 'dagster.conf'};\n}}\n"
    )
    with _running([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], port):
        yield


@contextmanager
def _folder(user: str | None = None) -> Iterator[Path]:
    """A folder that ``user`` owns. Not below pytest's own, which it closes to others whenever it starts."""
    with TemporaryDirectory(prefix="server-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        yield folder
        assert scan(folder).hits == []


@contextmanager
def _running(
    command: list[str], port: int, user: str | None = None, folder: Path | None = None
) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, user=user, cwd=folder) as server:
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, f"{command[0]} ended with {server.returncode}"
                    assert time.monotonic() < deadline, f"{command[0]} does not answer"
                    time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)
