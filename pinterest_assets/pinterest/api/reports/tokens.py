"""Remembers the tokens of reports under way, so that a run after a killed one need not ask again.

A file for each report, named by a hash of who asked and what for: nothing is shared between
reports, so processes need no lock. Holds no rows and asks nothing (see ``reports``).
"""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from platformdirs import user_state_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pinterest_assets.folders import make_private
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.limits import REPORT_LINK_SECONDS, REPORT_SECONDS

_VARIABLE = "XDG_STATE_HOME"
_LIFETIME = REPORT_SECONDS - REPORT_LINK_SECONDS
"""Seconds a token is picked up for: one about to end would be polled for nothing."""


class _Kept(BaseModel):
    """What a file holds. ``created`` is epoch seconds."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    token: str = Field(repr=False, min_length=1)
    created: float


class ReportTokens:
    """Tokens of the reports that ``identity`` ordered at ``base_url``, in files only their owner can read.

    Identity, the app or the access token, is kept as a hash. Nothing is written before the first
    ``keep``. A file that cannot be understood, or is older than a report lives, is as good as none;
    a folder that cannot be written to raises SettingError.
    """

    def __init__(self, *, base_url: str, identity: str, directory: Path | None = None) -> None:
        state = directory if directory is not None else user_state_path("pinterest_assets")
        self.folder = state / "reports"
        self._asker = f"{base_url.rstrip('/')}\n{identity}"

    def __repr__(self) -> str:
        return f"ReportTokens({str(self.folder)!r})"

    def recall(self, order: Request) -> str | None:
        """The token of a report that was ordered with these very bytes and may still live."""
        try:
            kept = _Kept.model_validate_json(self._path(order).read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None
        except OSError as failure:
            raise self._unusable(failure) from failure
        # A moment in the future comes from a clock set back since, and says nothing about age.
        return kept.token if 0 <= time.time() - kept.created < _LIFETIME else None

    def keep(self, order: Request, token: str) -> None:
        """Remember ``token``; on return it is in the file, whole."""
        try:
            make_private(self.folder)
            self._forget_the_old()
            handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".")  # with mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_Kept(token=token, created=time.time()).model_dump_json().encode())
                Path(temporary).replace(self._path(order))
            except BaseException:
                with suppress(OSError):
                    Path(temporary).unlink()
                raise
        except OSError as failure:
            raise self._unusable(failure) from failure

    def forget(self, order: Request) -> None:
        """Remember it no longer: its rows were read, or it is of no use."""
        with suppress(OSError):
            self._path(order).unlink()

    def _forget_the_old(self) -> None:
        for path in self.folder.iterdir():
            with suppress(OSError):  # another process may have been here
                if time.time() - path.stat().st_mtime > REPORT_SECONDS:
                    path.unlink()

    def _path(self, order: Request) -> Path:
        asked = f"{self._asker}\n{order.path}?{urlencode(order.params)}\n".encode() + (order.body or b"")
        return self.folder / f"{hashlib.sha256(asked).hexdigest()[:32]}.json"

    def _unusable(self, failure: OSError) -> SettingError:
        return SettingError(
            f"the tokens of reports in {self.folder} cannot be kept ({failure.strerror}): "
            f"free space on its disk, make the folder writable, or set {_VARIABLE}",
            variable=_VARIABLE,
        )
