"""Puts the freshness policy and the condition of its family on every asset, and the sensor that acts on them."""

import warnings
from collections.abc import Sequence

import dagster as dg

from pinterest_assets.automation.conditions import automation_condition
from pinterest_assets.automation.families import Family, family_of
from pinterest_assets.automation.freshness import freshness_policy
from pinterest_assets.automation.running import sensor_status, with_obstacle
from pinterest_assets.settings import Settings

SENSOR = "default_automation_condition_sensor"
"""Dagster's own name for it: a sensor of this name takes the place of the one that is stopped by default."""


def kept_fresh(assets: Sequence[dg.AssetsDefinition], settings: Settings) -> Sequence[dg.AssetsDefinition]:
    """The assets, each with what its family declares."""
    family: dict[str, Family] = {
        name: family_of(stream, settings) for name, stream in settings.streams.items()
    }
    # Made once for each family: that takes longer than making the asset.
    policies = {of: freshness_policy(of, settings) for of in set(family.values())}
    conditions = {of: automation_condition(of, settings) for of in policies}

    def declared(spec: dg.AssetSpec) -> dg.AssetSpec:
        of = family[spec.key.path[-1]]
        return spec.replace_attributes(freshness_policy=policies[of], automation_condition=conditions[of])

    return dg.map_asset_specs(declared, assets)


def automation_sensor(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """Looks at every asset's condition. It runs where there is an account to ask, and says when there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.AutomationConditionSensorDefinition(
            SENSOR,
            target=dg.AssetSelection.all(),  # "*" would have Dagster make its parser of selections
            default_status=sensor_status(settings),
            minimum_interval_seconds=settings.tick_seconds,
            # Conditions of our own are known here, and not in the daemon.
            use_user_code_server=True,
            description=with_obstacle(
                "Asks for what is stale, due, or failed and to be tried again.", settings
            ),
        )
