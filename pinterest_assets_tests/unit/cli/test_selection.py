"""What ``--select`` means: names, patterns, Dagster's expressions and mixtures, each with streams by their names."""

from pathlib import Path

import click
import pytest

from pinterest_assets.cli.selection import Selection
from pinterest_assets.definitions import build_definitions
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse

UPSTREAM = {"ad_account", "campaign", "campaign_analytics"}


@pytest.fixture(scope="module")
def selection() -> Selection:
    return Selection(build_definitions({}), read_settings({}))


def names(selection: Selection, text: str | None) -> set[str]:
    return {key.path[-1] for key in selection.of(text)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("campaign", {"campaign"}),
        (" campaign , board,", {"campaign", "board"}),
        ("+campaign_analytics", UPSTREAM),
        ("*campaign_analytics", UPSTREAM),
        ("+campaign_analytics+", UPSTREAM),
        ("1+campaign", {"ad_account", "campaign"}),
        ("++campaign", {"ad_account", "campaign"}),
        ("+campaign_analytics,board", UPSTREAM | {"board"}),
        ("board,group:billing or key:campaign", {"board", "campaign"}),
        ("key:campaign", {"campaign"}),
        ('key:"campaign"', {"campaign"}),
        ('+key:"campaign"', {"ad_account", "campaign"}),
        ('key:"pinterest/campaign"', {"campaign"}),
        ("pinterest/campaign", {"campaign"}),
        ('"campaign"', {"campaign"}),
        ("campaign or board", {"campaign", "board"}),
        ("(campaign, board) and not board", {"campaign"}),
        ("+(campaign or ad_group) and not ad_account", {"campaign", "ad_group"}),
        ("roots(group:ads)", {"ad_account"}),
        ("customer_*", {"customer_list", "customer_segment"}),
        ("ad_accoun?", {"ad_account"}),
    ],
)
def test_a_selection_means_these_streams(selection: Selection, text: str, wanted: set[str]) -> None:
    assert names(selection, text) == wanted


def test_what_is_made_from_a_stream_comes_with_either_mark(selection: Selection) -> None:
    below = names(selection, "campaign+")
    assert {"campaign", "campaign_analytics", "campaign_targeting_analytics_gender"} <= below
    assert "ad_account" not in below
    assert names(selection, "campaign*") == below
    assert names(selection, "campaign+1") <= below
    assert names(selection, "*campaign*") == below | {"ad_account"}


def test_everything_is_meant_without_a_selection_and_with_a_star(selection: Selection) -> None:
    assert names(selection, None) == names(selection, "*") == set(read_settings({}).streams)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("campain", "'campain' is not a stream; did you mean campaign?"),
        ("Campaign", "'Campaign' is not a stream; did you mean campaign?"),
        ("board,campain", "'campain' is not a stream; did you mean campaign?"),
        ("+campain", "'campain' is not a stream; did you mean campaign?"),
        ("key:campain", "'key:campain' selects nothing; did you mean campaign?"),
        ("group:analytic", "'group:analytic' selects nothing; did you mean analytics?"),
        ("campaign,group:analytic", "'group:analytic' selects nothing"),
        ("campaign and board", "'campaign and board' selects nothing"),
        ("nothing_*", "'nothing_*' selects nothing"),
        ("campaign board", "put commas between names"),
        ("campaign;board", "cannot be read at ';'"),
        ("(((", "cannot be read"),
        ("+", "cannot be read"),
        ("", "is empty"),
        (" , ", "is empty"),
        ("status:materialized", "asks for what only Dagster's UI knows"),
        ("billing_profile", "is of the group billing, which PINTEREST_GROUPS leaves out"),
    ],
)
def test_a_selection_of_nothing_is_refused_with_the_closest_name(
    selection: Selection, text: str, says: str
) -> None:
    with pytest.raises(click.BadParameter) as raised:
        selection.of(text)
    line = raised.value.format_message()
    assert line.startswith("Invalid value for '--select': ")
    assert says in line
    assert len(line.splitlines()) == 1


def test_every_name_of_a_stream_selects_it_alone(selection: Selection) -> None:
    for stream in read_settings({}).streams:
        assert names(selection, stream) == {stream}


def test_parents_that_were_never_loaded_come_along(selection: Selection, tmp_path: Path) -> None:
    empty = Warehouse(str(tmp_path / "ads.duckdb"))
    keys, added = selection.with_unloaded_parents(selection.of("campaign_targeting_analytics_gender"), empty)
    assert {key.path[-1] for key in keys} == {"ad_account", "campaign", "campaign_targeting_analytics_gender"}
    assert added == ["ad_account", "campaign"]
    assert selection.with_unloaded_parents(selection.of("+campaign_analytics"), empty)[1] == []
