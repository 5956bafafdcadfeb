"""Keeps renewed tokens in a file that only its owner can read, and one process at a time renewing them.

Renews nothing itself (see ``auth``).
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pinterest_assets.folders import check_not_planted, check_writable, make_private
from pinterest_assets.pinterest.api.errors import RenewalFailed, SettingError
from pinterest_assets.pinterest.api.token_fields import moment

_VARIABLE = "PINTEREST_TOKEN_PATH"


class Tokens(BaseModel):
    """An access token, what renews it, and where both come from. Moments are epoch seconds.

    The access token is good until ``ends_at``, and is renewed from ``renew_at`` on; it is empty where an answer
    brought only what renews it. ``refresh_until`` is when that ends, where Pinterest told. ``app`` is a hash of the app and the address they were
    given by; ``origins`` are hashes of the refresh tokens that these tokens take the place of (see
    ``auth.RefreshedToken``).
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False, min_length=1)
    renew_at: float
    ends_at: float = 0.0
    refresh_until: Annotated[float | None, BeforeValidator(moment)] = None
    scope: str = ""
    app: str = Field(default="", repr=False)
    origins: tuple[str, ...] = Field(default=(), repr=False)


class TokenStore:
    """The file ``path``: mode 0600, replaced whole, in a folder that is made when needed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"TokenStore({str(self.path)!r})"

    def exists(self) -> bool:
        """Whether tokens were ever kept here."""
        return self.path.exists()

    def check_usable(self) -> None:
        """Raise SettingError when the file cannot be read, or could not be replaced."""
        try:
            self.load()
            check_writable(self.path.resolve().parent)
        except OSError as failure:
            raise self._unusable(f"cannot be written: {failure.strerror}") from failure

    def load(self) -> Tokens | None:
        """The tokens kept, or None when there is no file. Raises SettingError when it is unreadable."""
        try:
            path = self.path.resolve()
            check_not_planted(path, path.parent)
            return Tokens.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise self._unusable(f"cannot be read: {failure.strerror}") from failure
        except ValidationError:
            raise self._unusable("does not hold tokens: delete it and run `pinterest-assets auth`") from None

    def save(self, tokens: Tokens) -> None:
        """Put ``tokens`` in the file; on return they are on the disk. Raises SettingError when it fails."""
        try:
            path = self.path.resolve()
            make_private(path.parent)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:  # mkstemp made it with mode 0600
                    file.write(tokens.model_dump_json().encode())
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
            except BaseException:
                with suppress(OSError):
                    Path(temporary).unlink()
                raise
            _sync_folder(path.parent)
        except OSError as failure:
            raise self._unusable(f"cannot be written: {failure.strerror}") from failure

    def _unusable(self, why: str) -> SettingError:
        return SettingError(f"{_VARIABLE}: {self.path} {why}", variable=_VARIABLE)


class RenewalLock:
    """One renewal at a time among the processes of this machine."""

    def __init__(self, path: Path, longest_wait: float) -> None:
        self._path = path
        self._lock = FileLock(f"{path}.lock", timeout=longest_wait, mode=0o600, thread_local=False)

    def __enter__(self) -> None:
        try:
            make_private(self._path.parent)
            check_not_planted(Path(self._lock.lock_file), self._path)
            self._lock.acquire()
        except Timeout:
            raise RenewalFailed(
                f"another process has been renewing the token for {self._lock.timeout:.0f} s: run again later"
            ) from None
        except OSError as failure:
            raise SettingError(
                f"{_VARIABLE}: {self._path} cannot be written: {failure.strerror}", variable=_VARIABLE
            ) from failure

    def __exit__(self, *raised: object) -> None:
        self._lock.release()


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; the file's own fsync covers its content only."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
