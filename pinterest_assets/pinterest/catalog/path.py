"""Request paths that name the parent they fan out over."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{(\w+)\.(\w+)\}")


@dataclass(frozen=True, slots=True)
class Path:
    """A request path whose placeholders ``{stream.column}`` name the one parent it fans out over.

    ``/boards/{board.id}/sections?ad_account_id={board.ad_account_id}`` is asked once for every row
    of ``board``. A path without a placeholder is asked once.
    """

    template: str

    def __post_init__(self) -> None:
        if len({stream for stream, _ in self._placeholders()}) > 1:
            raise ValueError(f"{self.template}: a path fans out over one parent only")

    def _placeholders(self) -> list[tuple[str, str]]:
        return _PLACEHOLDER.findall(self.template)

    @property
    def parent(self) -> str | None:
        """The stream whose rows this path is asked for, if any."""
        return next((stream for stream, _ in self._placeholders()), None)

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns of the parent that the path needs, each once, in order of appearance."""
        return tuple(dict.fromkeys(column for _, column in self._placeholders()))

    @property
    def operation(self) -> str:
        """The path as the OpenAPI description spells it, without the query."""
        bare = self.template.partition("?")[0]
        return _PLACEHOLDER.sub(
            lambda m: "{" + inherited_name(m[1], m[2]).replace("board_section_id", "section_id") + "}", bare
        )

    def fill(self, row: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The concrete path and its query parameters for one parent row."""
        filled = _PLACEHOLDER.sub(lambda m: row[m[2]], self.template)
        path, _, query = filled.partition("?")
        pairs = (part.partition("=") for part in query.split("&") if part)
        return path, tuple((name, value) for name, _, value in pairs)


def inherited_name(stream: str, column: str) -> str:
    """The name a parent's column takes on its children: ``board.id`` becomes ``board_id``."""
    return f"{stream}_id" if column == "id" else column
