"""The pages say what the code does."""

import re
from pathlib import Path

import click
import pytest

from docs.freshness import freshness_page
from docs.generate import COLUMNS_PAGE, FRESHNESS_PAGE, STREAMS_PAGE, columns_page, streams_page
from pinterest_assets.cli import main
from pinterest_assets.cli.demo import QUERY
from pinterest_assets.pinterest.catalog.limits import TRIAL_CALLS_PER_DAY
from pinterest_assets.pinterest.catalog.worth import KEPT_BACK
from pinterest_assets.settings import PREFIX, Settings
from pinterest_assets_tests.faults.cases import CASES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SECURITY = ROOT / "SECURITY.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", SECURITY, *sorted((ROOT / "docs").glob("*.md"))]


def test_the_page_of_streams_is_the_catalog() -> None:
    assert STREAMS_PAGE.read_text() == streams_page(), "run `make docs`"


def test_the_page_of_columns_is_the_catalog() -> None:
    """F33: each name with the meaning that its grammar gives it."""
    assert COLUMNS_PAGE.read_text() == columns_page(), "run `make docs`"


def test_the_page_of_freshness_is_what_the_definitions_declare() -> None:
    assert FRESHNESS_PAGE.read_text() == freshness_page(), "run `make docs`"


def test_the_readme_lists_every_setting_and_none_that_is_not() -> None:
    table = README.partition("### Settings")[2].partition("\n## ")[0]
    documented = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", table))
    fields = Settings.model_fields.items()
    assert documented == {PREFIX + str(field.alias or name).upper() for name, field in fields}


def test_the_readme_tells_what_each_rank_of_a_trials_day_may_spend() -> None:
    section = README.partition("thousand calls\n")[2].partition("\n### ")[0]
    told = [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) \|$", section, re.MULTILINE)]
    assert told == [TRIAL_CALLS_PER_DAY - kept for kept in KEPT_BACK]


def test_the_readme_shows_the_query_that_the_demo_prints() -> None:
    assert QUERY in README


def test_every_link_and_picture_is_there() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} points to {target}"


@pytest.mark.parametrize("page", [SECURITY, ROOT / "docs" / "attacks.md"], ids=["SECURITY.md", "attacks.md"])
def test_every_test_that_a_promise_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:unit|contract|integration|e2e|ui)/[\w/]+\.py)(?:::(\w+))?`", page.read_text())
    assert len(named) > 20
    for file, test in named:
        text = (ROOT / "pinterest_assets_tests" / file).read_text()
        assert f"def {test or 'test_'}" in text, f"{file}::{test}"


def test_every_attack_names_its_test() -> None:
    rows = [
        line for line in (ROOT / "docs" / "attacks.md").read_text().splitlines() if line.startswith("| ")
    ][1:]
    assert all(re.search(r"\| `\w+/[\w/]+\.py(::\w+)?` \|$", row) for row in rows)


def test_every_command_that_is_documented_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"`pinterest-assets (\w+)", page.read_text())}
    assert named <= set(main.list_commands(click.Context(main)))


def test_make_targets_that_are_documented_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`?make (\w+)`", page.read_text())}
    assert named <= targets


def test_the_page_of_faults_has_every_fault_and_all_of_them_end_well() -> None:
    lines = [
        line.split(" | ")
        for line in (ROOT / "docs" / "faults.md").read_text().splitlines()
        if line.startswith("| ")
    ]
    found = {line[0].removeprefix("| "): line for line in lines[1:]}
    assert list(found) == [case.name for case in CASES], "run `make faults`"
    assert {line[-1].removesuffix(" |") for line in found.values()} == {"yes"}
    assert not [name for name, line in found.items() if "MIXED" in line[-2]]
