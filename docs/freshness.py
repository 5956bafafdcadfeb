"""The page that says which asset is refreshed when, and why: read off the definitions.

Nothing is told here that the definitions do not declare; what a family is for is told in ``_FAMILIES``.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import dagster as dg
from dagster._core.definitions.freshness import CronFreshnessPolicy, TimeWindowFreshnessPolicy

from pinterest_assets.automation.families import Family, families
from pinterest_assets.definitions import build_definitions
from pinterest_assets.settings import Settings, read_settings

_ENVIRON = {"PINTEREST_ACCESS_TOKEN": "any"}

_FAMILIES: Mapping[Family, str] = {
    "entities": "what exists in the account",
    "lookups": "lists that people edit by hand",
    "analytics": "daily numbers by level",
    "targeting": "daily numbers by breakdown",
    "reports": "daily numbers that only reports have",
    "readiness": "which days are final",
    "custom_reports": "your own reports",
}


def freshness_page() -> str:
    """Families with their assets, policies and conditions; then sensors and schedules."""
    settings = read_settings(_ENVIRON)
    definitions = build_definitions(_ENVIRON)
    return "\n".join(
        [
            "# What is refreshed when, and why",
            "",
            "While `dagster dev`, or the daemon, runs with credentials set, this happens by itself. Times are UTC. "
            "Written by `make docs` from the definitions.",
            "",
            "## Assets",
            "",
            "An asset is asked for when one of its reasons holds, and nothing is in the way: no run or backfill is "
            "about to bring it, no parent is being read, and no parent was never read. The UI shows each evaluation "
            "under *Automation* on the asset's page.",
            "",
            "| family | assets | stale when | asked for when |",
            "|---|---|---|---|",
            *_family_rows(definitions, settings),
            "",
            "Custom reports have no policy: each runs by its own schedule, or when somebody asks for it.",
            "",
            "![Evaluations on an asset's page](images/evaluations.png)",
            "",
            "## Sensors",
            "",
            "![The page of a sensor](images/sensor.png)",
            "",
            *_instigators(definitions.sensors or ()),
            "## Schedules",
            "",
            *_instigators(definitions.schedules or ()),
        ]
    )


def _family_rows(definitions: dg.Definitions, settings: Settings) -> Iterable[str]:
    specs = {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}
    for family, streams in families(settings).items():
        if not streams:
            continue
        names = [stream.name for stream in streams]
        told = {(_policy(specs[name]), _reasons(specs[name])) for name in names}
        (policy, reasons), *others = told
        if others:
            raise ValueError(f"assets of {family} are not kept fresh alike: {told}")
        shown = ", ".join(f"`{name}`" for name in names)
        yield f"| **{family}**: {_FAMILIES[family]} | {shown} | {policy} | {reasons} |"


def _policy(spec: dg.AssetSpec) -> str:
    policy = spec.freshness_policy
    if isinstance(policy, TimeWindowFreshnessPolicy):
        return f"older than {_words(policy.fail_window.to_timedelta())}"
    if isinstance(policy, CronFreshnessPolicy):
        minute, hour, *_ = policy.deadline_cron.split()
        return f"nothing was loaded from midnight to {int(hour):02}:{int(minute):02}"
    return "-"


def _reasons(spec: dg.AssetSpec) -> str:
    condition = spec.automation_condition
    return "; ".join(_labels(condition)) if condition else "-"


def _labels(condition: dg.AutomationCondition[dg.AssetKey]) -> list[str]:
    """The labels of the outermost reasons; what must not be in the way is said once, above the table."""
    if condition.operator_type == "not":
        return []
    if label := condition.get_label():
        return [label]
    return [label for child in condition.children for label in _labels(child)]


def _words(age: timedelta) -> str:
    hours = age / timedelta(hours=1)
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"


def _instigators(made: Iterable[object]) -> Iterable[str]:
    for one in made:
        if isinstance(one, dg.ScheduleDefinition):
            yield f"### {one.name}: `{one.cron_schedule}` ({one.execution_timezone})"
        elif isinstance(one, dg.SensorDefinition):
            yield f"### {one.name}: every {one.minimum_interval_seconds} seconds"
        else:
            raise TypeError(f"{one} is neither a sensor nor a schedule")
        yield ""
        yield one.description or ""
        yield ""
