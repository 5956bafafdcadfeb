"""The facts are what the descriptions at hand give. Not collected where there are none."""

from pathlib import Path

import pytest

from pinterest_assets_tests.contract.distill import FACTS, distilled, sources_at_hand


@pytest.mark.parametrize("source", sources_at_hand(), ids=lambda source: source.name)
def test_facts_are_what_the_description_gives(source: Path) -> None:
    for name, text in distilled(source).items():
        assert (FACTS / name).read_text() == text, f"run python -m {distilled.__module__} {source}"
