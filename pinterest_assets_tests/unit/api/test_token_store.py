"""The token file: whole or not at all, for its owner only."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.token_store import Tokens, TokenStore


def tokens(number: int = 1) -> Tokens:
    return Tokens(access_token=f"pina_{number}", refresh_token=f"pinr_{number}", renew_at=1e9, origins=("a",))


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "new" / "tokens.json")
    assert not store.exists()
    assert store.load() is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "new" / "folder" / "tokens.json")
    store.save(tokens())
    assert store.exists()
    assert store.load() == tokens()
    assert [path.name for path in store.path.parent.iterdir()] == ["tokens.json"]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.path.write_text("{}")
    store.path.chmod(0o644)
    before = os.umask(0)
    try:
        store.save(tokens())
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = TokenStore(tmp_path / "real.json")
    (tmp_path / "link.json").symlink_to(real.path)
    TokenStore(tmp_path / "link.json").save(tokens())
    assert (tmp_path / "link.json").is_symlink()
    assert real.load() == tokens()


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.save(tokens(0))
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(lambda: list(map(store.save, map(tokens, range(50)))))
        while not writing.done():
            assert store.load() is not None
    assert store.load() == tokens(49)


def test_tokens_are_on_the_disk_before_they_take_the_place_of_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced, then named, then its name is: a power cut leaves the old tokens or the new ones."""
    happened: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def replaced(path: Path, target: Path) -> Path:
        happened.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    TokenStore(tmp_path / "tokens.json").save(tokens())
    assert happened == ["file", "name", "folder"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.save(tokens(1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[step], full)
    with pytest.raises(SettingError, match=r"PINTEREST_TOKEN_PATH: .*No space left") as raised:
        store.save(tokens(2))
    assert raised.value.variable == "PINTEREST_TOKEN_PATH"
    assert store.load() == tokens(1)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"access_token": ""}', "\x00\xff"])
def test_a_damaged_file_is_a_setting_to_fix(tmp_path: Path, content: str) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.path.write_text(content)
    with pytest.raises(SettingError, match=r"PINTEREST_TOKEN_PATH: .*tokens\.json does not hold tokens"):
        store.load()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="PINTEREST_TOKEN_PATH"):
        TokenStore(tmp_path / "file" / "tokens.json").save(tokens())
