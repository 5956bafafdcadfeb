"""Many runs in a row with a random fault in each: memory and the database stay as they are, and the truth comes out.

``python -m pinterest_assets_tests.faults.soak [runs]``; `make soak` makes 500 of them. Every run is one of the
command line's own, in this process, recorded in the instance that the command line makes.
"""

import os
import random
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from pinterest_assets.cli.instance import open_instance
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import today

WINDOW = Window(today() - timedelta(days=3), today() - timedelta(days=1))
LISTS = ("ad_account", "campaign", "board", "pin_on_board")
NUMBERS = "campaign_analytics"
NUMBERS_PATH, PINS_PATH = "/campaigns/analytics", "/boards/.*/pins"
REFUSED = {"code": 1, "message": "Invalid parameters."}
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    (NUMBERS_PATH, {"status": 400, "json": REFUSED}),
    (NUMBERS_PATH, {"status": 400, "json": REFUSED, "times": 1}),
    (NUMBERS_PATH, {"status": 404, "json": {"code": 404, "message": "Not found."}, "times": 1}),
    (NUMBERS_PATH, {"status": 403, "times": 1}),
    (NUMBERS_PATH, {"status": 401}),
    (NUMBERS_PATH, {"cut": True, "times": 1}),
    (NUMBERS_PATH, {"bad_json": True, "times": 1}),
    (NUMBERS_PATH, {"status": 503, "times": 1}),
    (PINS_PATH, {"status": 400, "json": REFUSED, "times": 3}),
    (PINS_PATH, {"status": 502, "html": "<html>bad gateway</html>", "times": 1}),
    ("/campaigns\\?", {"status": 400, "json": REFUSED, "times": 1}),
    ("/campaigns\\?", {"repeat_bookmark": True}),
    ("nothing", {}),
)
LOOKS = 10
"""How often sizes are looked at; the first of them, when all is imported and made, is what others are held against."""
GROWTH = 1.25


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def soak(count: int, folder: Path, demo: DemoServer) -> list[str]:
    """Make the runs; what is not as it must be, a line each."""
    # Definitions are made when they are imported, from the environment as it is now.
    from pinterest_assets.assets.presentation import asset_key
    from pinterest_assets.runs import run
    from pinterest_assets_tests.project import rows, truth

    dice, database = random.Random(7), folder / "ads.duckdb"
    sizes: list[tuple[int, int]] = []
    with open_instance() as instance:
        lists, numbers = [asset_key(name) for name in LISTS], [asset_key(NUMBERS)]
        for nth in range(count):
            demo.clear()
            demo.faults.clear()
            pattern, action = dice.choice(FAULTS)
            demo.faults.add(pattern, **action)
            if nth % 5 == 0:
                demo.world.restate(WINDOW.end, dice.choice(demo.world.tree.accounts).id, extra_checkouts=1)
            list(run(instance, numbers if nth % 3 else [*lists, *numbers], WINDOW))
            if (nth + 1) % max(1, count // LOOKS) == 0:
                sizes.append((_resident(), database.stat().st_size))
                rss, size = sizes[-1]
                sys.stdout.write(
                    f"{nth + 1} runs: {rss / 2**20:.0f} MB of memory, {size / 2**20:.1f} MB of database\n"
                )
                sys.stdout.flush()
        demo.faults.clear()
        list(run(instance, [*lists, *numbers], WINDOW))
    wrong = [
        f"{name} is not the truth"
        for name in (*LISTS, NUMBERS)
        if not rows(database, name).equals(truth(demo, name, WINDOW if name == NUMBERS else None))
    ]
    for what, at in (("memory", 0), ("the database", 1)):
        if sizes[-1][at] > GROWTH * sizes[0][at]:
            wrong.append(f"{what} grew from {sizes[0][at] / 2**20:.0f} to {sizes[-1][at] / 2**20:.0f} MB")
    return wrong


def main(count: str = "500") -> int:
    """Soak, and say what came of it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        demo = stack.enter_context(DemoServer(DemoAccount(size=DemoSize.SMALL)))
        os.environ.update(
            PINTEREST_BASE_URL=demo.base_url,
            PINTEREST_ACCESS_TOKEN=demo.token,
            PINTEREST_DUCKDB_PATH=str(folder / "ads.duckdb"),
            XDG_STATE_HOME=str(folder / "state"),
            DAGSTER_HOME=str(folder / "home"),
        )
        wrong = soak(int(count), folder, demo)
    sys.stdout.write(f"{count} runs: {'; '.join(wrong) or 'memory and file flat, the truth at the end'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
