"""The config of a run can change no address, no path and no secret."""

import dagster as dg
import pytest

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
    return build_definitions({"PINTEREST_ACCESS_TOKEN": "pina_demo", "PINTEREST_GROUPS": "ads"})


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
