"""What the answer to one call is of: rows of an ad account, of days, of one parent. The unit in which reading fails.

Pure. What becomes of one that could not be read is in ``failures``.
"""

from dataclasses import dataclass

from pinterest_assets.pinterest.extract.window import Window


@dataclass(frozen=True, slots=True)
class Parent:
    """The one row of another stream that rows were read for, and the column they name it in."""

    stream: str
    column: str
    id: str

    def __str__(self) -> str:
        return f"{self.stream} {self.id}"


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of a stream; None where they are not told apart by this. Without any, all of them."""

    account: str | None = None
    window: Window | None = None
    parent: Parent | None = None

    def __str__(self) -> str:
        days = "" if self.window is None else f"{self.window.start} to {self.window.end}"
        account = "" if self.account is None else f"ad account {self.account}"
        return ", ".join(text for text in (account, str(self.parent or ""), days) if text) or "all rows"
