"""The settings people give in the environment (or ``.env``), checked before anything runs.

One place for names, defaults and what is allowed. Holds no client and opens nothing.
"""

from pinterest_assets.settings.access import OAUTH_VARIABLES, SECRET_VARIABLES
from pinterest_assets.settings.values import now, plain_path, today
from pinterest_assets.settings.whole import PREFIX, Settings, read_settings, unknown_variables

__all__ = [
    "OAUTH_VARIABLES",
    "PREFIX",
    "SECRET_VARIABLES",
    "Settings",
    "now",
    "plain_path",
    "read_settings",
    "today",
    "unknown_variables",
]
