"""The house keeps its shape: imports run one way, files stay small, loading touches nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pinterest_assets

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(pinterest_assets.__file__).parent

LONGEST_FILE = 500
DATA = {"column_names.py", "streams.py", "examples.py"}
"""Files that are tables of names and texts, not logic, as are those in the folder of columns."""

LOAD = """
import socket, sys, builtins
import dagster, duckdb, pandas, requests, dagster_duckdb  # what is not ours may do as it likes

def refuse(*_, **__):
    raise AssertionError("the network was touched")

opened = []
def audit(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and args[1] is not None:
        mode = args[1]
        if any(letter in mode for letter in "wax+"):
            opened.append(args[0])
    if event in ("socket.connect", "socket.bind", "sqlite3.connect"):
        opened.append(event)

sys.dont_write_bytecode = True
sys.addaudithook(audit)
duckdb.connect = refuse
import pinterest_assets.definitions as location
from pinterest_assets.settings import read_settings
assert len(list(location.defs.resolve_asset_graph().materializable_asset_keys)) == len(read_settings({}).streams)
assert not opened, opened
"""


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_files_stay_small_enough_to_be_one_thing() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text().splitlines())
        for path in PACKAGE.rglob("*.py")
        if path.name not in DATA and path.parent.name != "columns"
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_module_says_what_it_holds() -> None:
    silent = [path for path in PACKAGE.rglob("*.py") if not path.read_text().startswith('"""')]
    assert silent == []


def test_loading_the_code_location_touches_no_network_no_file_and_no_database(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PINTEREST_")}
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    assert list(tmp_path.iterdir()) == []
