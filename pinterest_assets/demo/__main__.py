"""``python -m pinterest_assets.demo``: serves a demo account until it is stopped."""

from __future__ import annotations

import contextlib
import signal
import sys
from datetime import datetime

import click

from pinterest_assets.demo.server import DemoServer
from pinterest_assets.demo.size import DemoSize
from pinterest_assets.demo.tokens import DEMO_TOKEN
from pinterest_assets.demo.world import DemoAccount


def _size(ads: int | None) -> DemoSize:
    named = {None: DemoSize.SMALL, 1_000: DemoSize.THOUSAND_ADS, 10_000: DemoSize.TEN_THOUSAND_ADS}
    return named[ads] if ads in named else DemoSize.with_ads(ads or 0)


@click.command()
@click.option("--port", default=0, help="Port to listen on; 0 takes a free one.")
@click.option("--ads", type=click.IntRange(8, 10_000), default=None, help="How many ads (60 by default).")
@click.option("--seed", default=7, help="Another seed, other data.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day it is (by default: is)."
)
@click.option("--latency-ms", default=0.0, help="Milliseconds every answer is held back.")
@click.option("--beta/--no-beta", default=False, help="Whether beta endpoints are open.")
def main(
    port: int, ads: int | None, seed: int, today: datetime | None, latency_ms: float, *, beta: bool
) -> None:
    """Serves a demo account on 127.0.0.1. Its access token is "pina_demo"."""
    world = DemoAccount(_size(ads), seed, today.date() if today else None)
    server = DemoServer(world, port, latency_ms / 1000, beta=beta)
    click.echo(f"listening on {server.base_url}")
    click.echo(f"access token: {DEMO_TOKEN}", err=True)
    # uvicorn raises the signal again once it has stopped; being stopped is no failure here.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        server.run()


if __name__ == "__main__":
    main()
