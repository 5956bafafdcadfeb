"""``metrics_filters`` of a report: rows of which a metric is below or above some values.

Nobody wrote down what is compared. Here it is each row by itself, and every filter and value must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pinterest_assets.demo import metrics
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.validation import invalid

_FIELDS = {
    "SPEND_IN_DOLLAR": ("SPEND_IN_MICRO_DOLLAR", 1_000_000),
    "TOTAL_IMPRESSION": ("TOTAL_IMPRESSION", 1),
}
_OPERATORS = {"LESS_THAN": np.less, "GREATER_THAN": np.greater}


@dataclass(frozen=True, slots=True)
class MetricsFilter:
    """One comparison."""

    field: str
    operator: str
    values: tuple[float, ...]

    def passes(self, measures: Ints) -> Any:
        """Which of some rows of measures pass."""
        name, unit = _FIELDS[self.field]
        metric = metrics.select(measures, (name,))[:, :1] / unit
        return _OPERATORS[self.operator](metric, np.array(self.values)).all(axis=1)


def metrics_filters(given: Any) -> tuple[MetricsFilter, ...]:
    """The filters of a body. Raises ApiError for what Pinterest refuses."""
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        raise invalid("Field 'metrics_filters' needs a list of filters.")
    return tuple(map(_filter, given))


def _filter(given: Any) -> MetricsFilter:
    fields = given if isinstance(given, dict) else {}
    field, operator, values = (fields.get(name) for name in ("field", "operator", "values"))
    if field not in _FIELDS or operator not in _OPERATORS or not isinstance(values, list) or not values:
        raise invalid("A filter of 'metrics_filters' has a field, an operator and values.")
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise invalid("Values of 'metrics_filters' are numbers.")
    return MetricsFilter(field, operator, tuple(values))
