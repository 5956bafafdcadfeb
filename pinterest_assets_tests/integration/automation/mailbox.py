"""Servers that take notices: one that speaks SMTP, and one that answers as Slack does. Asserts nothing itself."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Received:
    """What a server was sent, and where it is. ``refuses`` is what it answers instead of taking anything."""

    port: int = 0
    texts: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    options: list[dict[str, bool]] = field(default_factory=list)
    refuses: str = ""


class _MailServer(socketserver.ThreadingTCPServer):
    """What its conversations put into ``got``."""

    def __init__(self, got: Received) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.got = got


class _Conversation(socketserver.StreamRequestHandler):
    server: _MailServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self._take()
            elif word == "MAIL" and self.server.got.refuses:
                self._say(self.server.got.refuses)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        mail: Message = message_from_string("\n".join(lines))
        payload = mail.get_payload(decode=True)
        got = self.server.got
        got.texts.append(payload.decode() if isinstance(payload, bytes) else "")
        got.subjects.append(str(mail["Subject"]).replace("\n", ""))
        got.to.append(str(mail["To"]))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def smtp_server() -> Iterator[Received]:
    """A mail server on this machine, without encryption."""
    got = Received()
    with _running(_MailServer(got), got):
        yield got


@contextmanager
def slack_server() -> Iterator[Received]:
    """Slack's ``chat.postMessage`` on this machine."""
    got = Received()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            got.credentials.append(self.headers["Authorization"])
            sent = json.loads(body) if body.startswith("{") else {k: v[0] for k, v in parse_qs(body).items()}
            got.texts.append(sent["text"])
            got.to.append(sent["channel"])
            flags = ("mrkdwn", "unfurl_links", "unfurl_media")
            got.options.append({name: json.loads(str(sent[name]).lower()) for name in flags})
            answer = json.dumps({"ok": False, "error": got.refuses} if got.refuses else {"ok": True}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Say nothing on the terminal."""

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Answer), got):
        yield got


@contextmanager
def _running(server: socketserver.TCPServer, got: Received) -> Iterator[None]:
    got.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
