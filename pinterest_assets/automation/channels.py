"""Where notices go: a Slack channel, mailboxes, or both, as the settings say.

Sends what it is given, and says in one line what to mend when that fails. When there is something to tell
is in ``notices``. No line holds a secret.
"""

import html
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from importlib.util import find_spec
from typing import Protocol

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.redaction import on_one_line, shortened
from pinterest_assets.settings import Settings

SECONDS = 20
"""How long a server may take to answer."""

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


class NoticeNotSent(Exception):  # noqa: N818 - says what happened
    """A notice did not go out; the line says by which way and why."""


class Channel(Protocol):
    """Somebody who can be told."""

    def send(self, text: str) -> None:
        """Tell ``text``, whose first line is the subject: each line plain, and no markup."""


@dataclass(frozen=True, slots=True)
class Slack:
    """A channel of Slack, through Slack's own client."""

    token: str = field(repr=False)
    channel: str
    base_url: str = "https://slack.com/api/"

    def send(self, text: str) -> None:
        """Post a message."""
        from slack_sdk import WebClient
        from slack_sdk.errors import SlackApiError

        client = WebClient(token=self.token, base_url=self.base_url, timeout=SECONDS)
        try:
            client.chat_postMessage(
                channel=self.channel,
                text=html.escape(text, quote=False),
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackApiError as problem:
            reason = shortened(str(problem.response["error"]))
            raise NoticeNotSent(
                f"Slack refused the notice to {self.channel} ({reason}): check PINTEREST_SLACK_TOKEN and "
                "PINTEREST_SLACK_CHANNEL, and that the app is in the channel"
            ) from None
        except OSError as problem:
            raise NoticeNotSent(f"Slack could not be reached ({problem}): the notice was not sent") from None


@dataclass(frozen=True, slots=True)
class Email:
    """Mailboxes, through an SMTP server."""

    sender: str
    to: tuple[str, ...]
    host: str
    port: int
    security: str
    user: str
    password: str = field(default="", repr=False)

    def send(self, text: str) -> None:
        """Send a message, its first line as the subject too."""
        message = EmailMessage()
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Subject"] = text.splitlines()[0][:200]
        message.set_content(text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as problem:
            raise NoticeNotSent(
                f"{self.host}:{self.port} did not take the notice ({_plain(problem)}): check "
                "PINTEREST_EMAIL_SMTP_HOST, _SMTP_PORT, _SECURITY, _USER and _PASSWORD"
            ) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        trusted = ssl.create_default_context()
        made: smtplib.SMTP
        if self.security == "ssl":
            made = smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=trusted)
        else:
            made = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        with made as server:
            if self.security == "starttls":
                server.starttls(context=trusted)
            if self.password:
                server.login(self.user, self.password)
            yield server


def _plain(problem: Exception) -> str:
    """The server's answer, without what was sent to it."""
    if isinstance(problem, smtplib.SMTPResponseException):
        answer = problem.smtp_error
        words = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return shortened(f"{problem.smtp_code} {words}")
    return shortened(str(problem)) or type(problem).__name__


def channels(settings: Settings) -> list[Channel]:
    """Who is to be told; nobody by default. Raises SettingError when the means are not installed."""
    found: list[Channel] = []
    if settings.slack_token and settings.slack_channel:
        if find_spec("slack_sdk") is None:
            raise SettingError(
                "PINTEREST_SLACK_TOKEN is set, but Slack's client is not installed: "
                "pip install 'pinterest_assets[slack]'",
                variable="PINTEREST_SLACK_TOKEN",
            )
        found.append(Slack(settings.slack_token.get_secret_value(), settings.slack_channel))
    if settings.email_from and settings.email_smtp_host:
        port = settings.email_smtp_port or _PORTS[settings.email_security]
        secret = settings.email_password
        found.append(
            Email(
                settings.email_from,
                settings.email_to,
                settings.email_smtp_host,
                port,
                settings.email_security,
                settings.email_user or settings.email_from,
                secret.get_secret_value() if secret else "",
            )
        )
    return found


def tell(to: Sequence[Channel], text: str) -> list[str]:
    """Tell everybody, and answer why some could not be. Raises NoticeNotSent when nobody could."""
    text = "\n".join(on_one_line(line) for line in text.split("\n"))
    problems = []
    for channel in to:
        try:
            channel.send(text)
        except NoticeNotSent as problem:
            problems.append(str(problem))
    if len(problems) == len(to):
        raise NoticeNotSent("; ".join(problems))
    return problems
