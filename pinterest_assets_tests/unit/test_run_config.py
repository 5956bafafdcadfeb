"""The config of a run can change no address, no path and no secret."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._config.config_type import Any, Array, ConfigType, Noneable, ScalarUnion

from pinterest_assets.automation.jobs import JOBS
from pinterest_assets.definitions import build_definitions
from pinterest_assets.io_manager import DuckDBPandasIOManager
from pinterest_assets.resources import PinterestResource, WarehouseResource

RESOURCES = {
    "pinterest": PinterestResource,
    "warehouse": WarehouseResource,
    "io_manager": DuckDBPandasIOManager,
}
FIELDS = [
    (key, field.alias or name)
    for key, kind in RESOURCES.items()
    for name, field in kind.model_fields.items()  # type: ignore[attr-defined]
]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_definitions(
        {"PINTEREST_ACCESS_TOKEN": "pina_demo", "PINTEREST_GROUPS": "ads,analytics,targeting,reports"}
    )


def test_the_fields_that_matter_are_among_those_that_are_tried() -> None:
    matter = {"base_url", "token_path", "access_token", "client_secret", "refresh_token", "budget_url"}
    assert {("pinterest", name) for name in matter} <= set(FIELDS)
    assert {("warehouse", "path"), ("io_manager", "database"), ("io_manager", "export_folder")} <= set(FIELDS)


@pytest.mark.parametrize(("resource", "field"), FIELDS, ids=str)
def test_a_run_that_would_change_a_field_of_a_resource_is_refused(
    definitions: dg.Definitions, resource: str, field: str
) -> None:
    config = {"resources": {resource: {"config": {field: "http://127.0.0.1:9/theirs"}}}}
    for job in (
        definitions.resolve_implicit_global_asset_job_def(),
        definitions.resolve_job_def("load_entities"),
    ):
        with pytest.raises(dg.DagsterInvalidConfigError, match=f'unexpected config entry "{field}"'):
            dg.validate_run_config(job, config)


def test_a_run_needs_no_config(definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", "pina_demo")
    assert dg.validate_run_config(definitions.resolve_job_def("load_entities"), {})


def fields_of(kind: ConfigType, path: str = "") -> Iterator[tuple[str, ConfigType]]:
    """Every type in a config schema, with the path of where it stands."""
    yield path, kind
    for name, field in getattr(kind, "fields", {}).items():
        yield from fields_of(field.config_type, f"{path}/{name}")
    if isinstance(kind, (Array, Noneable)):
        yield from fields_of(kind.inner_type, f"{path}[]")


def test_no_job_takes_config_that_names_an_environment_variable_or_is_not_declared(
    definitions: dg.Definitions,
) -> None:
    jobs = [definitions.resolve_implicit_global_asset_job_def(), *map(definitions.resolve_job_def, JOBS)]
    for job in jobs:
        found = dict(fields_of(job.run_config_schema.run_config_schema_type))
        assert len(found) > 10
        assert [path for path, kind in found.items() if isinstance(kind, (Any, ScalarUnion))] == []


@pytest.mark.parametrize("field", ["start", "end", "method", "again", "ad_account_ids"])
def test_a_loading_job_does_not_read_a_variable_that_its_config_names(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    """Else the line that refuses the day would show the variable."""
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", "pina_demo")
    monkeypatch.setenv("SOMEAPP_DB_PASSWORD", "true")
    value: object = {"env": "SOMEAPP_DB_PASSWORD"}
    value = [value] if field == "ad_account_ids" else value
    config = {"ops": {"ask_for_reports": {"config": {field: value}}}}
    with pytest.raises(dg.DagsterInvalidConfigError, match=f"root:ops:ask_for_reports:config:{field}"):
        dg.validate_run_config(definitions.resolve_job_def("load_reports"), config)


def test_a_loading_job_takes_its_config_as_text(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", "pina_demo")
    given = {"start": "3 days ago", "end": None, "method": "async", "again": True, "ad_account_ids": ["12"]}
    config = {"ops": {"ask_for_reports": {"config": given}}}
    read = dg.validate_run_config(definitions.resolve_job_def("load_reports"), config)
    assert read["ops"]["ask_for_reports"]["config"] == given
