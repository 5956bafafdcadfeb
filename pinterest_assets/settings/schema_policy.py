"""What may change about the tables: a word for all streams, and others for some.

Pure: reads what a user wrote, and says what cannot be. What each word does is the warehouse's.
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

Policy = Literal["evolve", "freeze", "discard"]


@dataclass(frozen=True, slots=True)
class SchemaPolicies:
    """The policy of streams that have none of their own, and those of streams that have."""

    default: Policy = "evolve"
    streams: Mapping[str, Policy] = field(default_factory=dict)

    def strays(self, known: Collection[str]) -> list[str]:
        """The streams that nobody knows, each with the closest one that is."""
        found = []
        for name in (name for name in self.streams if name not in known):
            close = difflib.get_close_matches(name.lower(), known, n=1)
            found.append(f"{name!r}" + (f" (did you mean {close[0]}?)" if close else ""))
        return found


def _read(value: Any) -> Any:
    """``evolve``, or ``stream=policy``, with commas between. Raises ValueError for other words."""
    if not isinstance(value, str):
        return value
    words: dict[str, Policy] = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        stream, named, word = (piece.strip() for piece in part.rpartition("="))
        if stream in words:
            raise ValueError(
                f"names {f'a policy of {stream}' if named else 'a policy for all streams'} twice"
            )
        words[stream] = _policy(word)
    return SchemaPolicies(words.pop("", "evolve"), words)


def _policy(word: str) -> Policy:
    for policy in get_args(Policy):
        if policy == word.lower():
            return policy  # type: ignore[no-any-return]
    close = difflib.get_close_matches(word.lower(), get_args(Policy), n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise ValueError(f"knows {', '.join(get_args(Policy))}, also as <stream>=<policy>; not {word!r}{hint}")


SchemaPolicySetting = Annotated[SchemaPolicies, BeforeValidator(_read)]
