"""What the rows of one answer must be: told apart by their key, and of the slice that was requested.

Rows that are not so are refused before any of them is stored: the slice has failed then, and what is in the
table stays. Knows no frames and no JSON; who reads an answer hands over what stands in its rows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pinterest_assets.pinterest.api.errors import NOTHING_STORED, UnusableRows
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.extract.window import Window

_SHOWN, _LONGEST = 3, 60


@dataclass(frozen=True, slots=True)
class Expected:
    """``label`` is what messages call the answer.

    ``days`` are the first and the last day that the rows' ``date`` may have, ``values`` what may stand in other
    columns of the key. ``fixed`` are the columns whose one value tells the slice, such as that of the account.
    """

    label: str = "the answer"
    days: Window | None = None
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fixed: Collection[str] = ()

    def refuse_days(self, found: Iterable[date]) -> None:
        """Raise UnusableRows when a row is of a day that was not requested."""
        if self.days is None:
            return
        outside = sorted({day for day in found if not self.days.start <= day <= self.days.end})
        if outside:
            raise self.refusal(
                f"rows of {_some(outside)}, and only {self.days.start} to {self.days.end} was requested"
            )

    def refuse_values(self, column: str, found: Collection[str]) -> None:
        """Raise UnusableRows when a row is of an entity, or of a breakdown, that was not requested."""
        allowed = self.values.get(column)
        if allowed is not None and (outside := sorted(set(found) - allowed)):
            raise self.refusal(f"rows of {column} {_some(outside)}, which was not requested")

    def refuse_other(self, column: str, source: str, found: Iterable[str], decided: str) -> None:
        """Raise UnusableRows when a row says it is of another account or parent than the request is."""
        if column in self.fixed and (others := sorted(set(map(_plain_id, found)) - {_plain_id(decided)})):
            raise self.refusal(f"rows of {source} {_some(others)}, and {decided} was requested")

    def refuse_keyless(self, source: str, lacking: int, rows: int) -> None:
        """Raise UnusableRows when ``lacking`` of the rows have no value in a field of the key."""
        if lacking:
            raise self.refusal(
                f"{lacking} of {rows} row{'s' if rows != 1 else ''} without {source}, by which rows are told apart"
            )

    def refuse_unknown(self, fields: Iterable[str], strange: int, rows: int) -> None:
        """Raise UnusableRows when ``strange`` of the rows have fields, and none that was requested."""
        if strange:
            raise self.refusal(
                f"{strange} of {rows} row{'s' if rows != 1 else ''} with nothing that was requested, but with "
                f"{_some(sorted(fields))}"
            )

    def misplaced(self, wanted: str) -> UnusableRows:
        """The error for an answer that is not built as it has to be: ``wanted`` is not there."""
        return UnusableRows(f"{self.label}: {wanted} was expected and something else came; {NOTHING_STORED}")

    def refusal(self, what: str) -> UnusableRows:
        """The error for an answer that brought ``what``."""
        return UnusableRows(f"{self.label} brought {what}; {NOTHING_STORED}")


def _plain_id(value: str) -> str:
    """The id, which promotions may spell with the letters of ad groups before it (spec: ``^(AG)?\\d+$``)."""
    return value.removeprefix("AG")


def _some(values: Iterable[object]) -> str:
    """A few of them; they are a stranger's, and are shown short."""
    every = [shortened(str(value))[:_LONGEST] or "''" for value in values]
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
