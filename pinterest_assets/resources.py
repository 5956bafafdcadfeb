"""What assets and checks are given to work with: a Pinterest client and the warehouse.

Secrets are named here, not held: Dagster resolves them when a run begins.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from pinterest_assets.pinterest.api.auth import AccessToken, Auth, RefreshedToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.reports import Reports, ReportTokens
from pinterest_assets.pinterest.api.throttle import LONGEST_WAIT, Throttle
from pinterest_assets.pinterest.api.token_endpoint import CATEGORY as TOKEN_CATEGORY
from pinterest_assets.pinterest.api.token_endpoint import PATIENCE as TOKEN_PATIENCE
from pinterest_assets.pinterest.api.token_store import TokenStore
from pinterest_assets.pinterest.catalog.limits import RateTier
from pinterest_assets.settings import OAUTH_VARIABLES, SECRET_VARIABLES, Settings
from pinterest_assets.warehouse import Warehouse


def without_config(
    resource: dg.ConfigurableResource[Any] | dg.ConfigurableIOManagerFactory[Any],
) -> dg.ResourceDefinition:
    """The resource as it is, without fields that the config of a run could change.

    Else whoever may launch a run could send the token to another address or write to another database, and
    the launchpad would be filled with fields that nobody is to touch. Dagster refuses a run that tries.
    """
    fields = type(resource).model_fields
    values = {
        fields[name].alias or name: {"env": value.env_var_name} if isinstance(value, dg.EnvVar) else value
        for name, value in resource
    }
    definition: dg.ResourceDefinition = resource.get_resource_definition()
    return definition.configured(lambda _: values, config_schema={})


_BRIEF = Patience(tries=2, timeout_tries=1, first_wait=0.5, total=10.0)
_BRIEF_SECONDS = 10.0
"""Of an answer and, half of it, of a wait for the budget, where a run would wait for minutes."""


class PinterestResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Pinterest's API v5 for one token: one client for all steps of a run, its connections kept alive."""

    access_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    token_path: str
    base_url: str
    rate_tier: RateTier
    budget_url: str = ""
    _client: Client | None = PrivateAttr(default=None)
    _reports: Reports | None = PrivateAttr(default=None)

    @classmethod
    def configured(cls, settings: Settings, environ: Mapping[str, str]) -> "PinterestResource":
        """The resource for ``settings``; secrets that are set in ``environ`` are referred to by name."""
        secrets = {
            name.removeprefix("PINTEREST_").lower(): dg.EnvVar(name)
            for name in SECRET_VARIABLES
            if environ.get(name, "").strip()
        }
        return cls(
            client_id=settings.client_id or "",
            token_path=str(settings.token_file),
            base_url=settings.base_url,
            rate_tier=settings.rate_tier,
            **secrets,
        )

    @property
    def client(self) -> Client:
        """The client of this run; made when it is first needed, as that is when secrets are."""
        if self._client is None:
            throttle = self._throttle()
            self._client = Client(base_url=self.base_url, auth=self._auth(throttle), throttle=throttle)
        return self._client

    @property
    def auth(self) -> Auth:
        """The way to authenticate. Raises SettingError when there is none."""
        return self._auth()

    @property
    def reports(self) -> Reports:
        """Reports and bulk downloads of this run. Tokens of those under way are kept where the rate budget is."""
        if self._reports is None:
            tokens = ReportTokens(base_url=self.base_url, identity=self._identity())
            self._reports = Reports(self.client, tokens)
        return self._reports

    @property
    def spent_today(self) -> int:
        """How many calls of the last day are counted, where calls a day are."""
        with closing(self._throttle()) as throttle:
            return throttle.spent_today

    @contextmanager
    def brief_client(self) -> Iterator[Client]:
        """A client that waits and tries little, closed with the block: for the tick of a sensor.

        Dagster ends a tick after a minute, and there is another one soon.
        """
        throttle = self._throttle(_BRIEF_SECONDS / 2)
        with Client(
            base_url=self.base_url,
            auth=self._auth(throttle, _BRIEF),
            throttle=throttle,
            patience=_BRIEF,
            connect_timeout=_BRIEF_SECONDS / 2,
            read_timeout=_BRIEF_SECONDS,
        ) as client:
            yield client

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002
        """Close the connections when the run ends."""
        if self._reports is not None:
            self._reports.close()
        if self._client is not None:
            self._client.close()

    def _identity(self) -> str:
        """Whose budget is spent: the app's, or that of the bare token."""
        return self.client_id or self.access_token

    def _throttle(self, longest_wait: float = LONGEST_WAIT) -> Throttle:
        return Throttle.for_tier(
            self.rate_tier,
            base_url=self.base_url,
            identity=self._identity(),
            url=self.budget_url.strip(),
            longest_wait=longest_wait,
        )

    def _auth(self, throttle: Throttle | None = None, patience: Patience = TOKEN_PATIENCE) -> Auth:
        return choose_auth(
            access_token=self.access_token,
            client_id=self.client_id,
            client_secret=self.client_secret,
            refresh_token=self.refresh_token,
            store=TokenStore(Path(self.token_path)),
            base_url=self.base_url,
            patience=patience,
            spend=partial(throttle.acquire, TOKEN_CATEGORY) if throttle else None,
        )


def choose_auth(
    *,
    access_token: str,
    client_id: str,
    client_secret: str,
    refresh_token: str,
    store: TokenStore,
    base_url: str,
    patience: Patience = TOKEN_PATIENCE,
    spend: Callable[[], None] | None = None,
) -> Auth:
    """The way to authenticate that the settings allow; asks nothing of Pinterest.

    Raises SettingError that names the missing variable.
    """
    if access_token:
        return AccessToken(access_token)
    oauth = dict(zip(OAUTH_VARIABLES, (client_id, client_secret, refresh_token), strict=True))
    missing = [name for name, value in oauth.items() if not value]
    if not missing or (missing == ["PINTEREST_REFRESH_TOKEN"] and store.exists()):
        return RefreshedToken(
            client_id,
            client_secret,
            refresh_token or None,
            store=store,
            token_url=f"{base_url}/oauth/token",
            patience=patience,
            spend=spend,
        )
    if len(missing) < len(oauth):
        raise SettingError(
            f"{missing[0]} is not set, but {', '.join(name for name in oauth if name not in missing)} is: "
            "OAuth needs all three (run `pinterest-assets auth` for the refresh token)",
            variable=missing[0],
        )
    raise SettingError(
        "PINTEREST_ACCESS_TOKEN is not set, and neither are the three OAuth settings "
        f"({', '.join(oauth)}): set one or the other in the environment or in .env",
        variable="PINTEREST_ACCESS_TOKEN",
    )


def check_credentials(settings: Settings) -> None:
    """Raise SettingError when no call could be made with ``settings``."""
    secret, refresh = settings.client_secret, settings.refresh_token
    store = TokenStore(settings.token_file)
    auth = choose_auth(
        access_token=settings.access_token.get_secret_value() if settings.access_token else "",
        client_id=settings.client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        refresh_token=refresh.get_secret_value() if refresh else "",
        store=store,
        base_url=settings.base_url,
    )
    if isinstance(auth, RefreshedToken):
        store.check_usable()


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The DuckDB file that asset checks read."""

    path: str
    schema_: str

    def open(self, lock_timeout: float = 600.0) -> Warehouse:
        """The warehouse; nothing is opened before it is read. Other runs are waited for that many seconds."""
        return Warehouse(self.path, schema=self.schema_, lock_timeout=lock_timeout)
