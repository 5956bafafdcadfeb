"""Takes secrets out of text that Pinterest or a library wrote, before it is shown or logged.

Our own messages are never built from secrets; this is for words that are not ours, such as an
error body that repeats the token it rejects.
"""

import re

_SECRETS = (
    (re.compile(r"\bpin[a-z]_[\w.~+/=-]+"), "<token>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]+"), r"\1 <secret>"),
    (re.compile(r"(?i)\b(\w*(?:token|secret|signature|password|code)\w*=)[^\s&\"']+"), r"\1<secret>"),
    (re.compile(r"(https?://)[^\s/@]+@"), r"\1"),
    (re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']*"), r"\1?..."),
)
_LONGEST = 200


def on_one_line(text: str) -> str:
    """``text`` without line breaks and control characters, and without what looks like a secret."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def shortened(text: str, *secrets: str) -> str:
    """``text`` on one line of at most 200 characters, without ``secrets`` or what looks like one."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "<secret>")
    text = on_one_line(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
