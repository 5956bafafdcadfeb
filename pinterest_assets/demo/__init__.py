"""A local Pinterest: believable, deterministic data behind the endpoints the product reads.

``DemoAccount`` is the data, ``DemoServer`` puts it on a port, ``Truth`` tells what every table
should hold. Nothing here is used unless it is asked for by name.
"""

from pinterest_assets.demo.examples import EVERYTHING
from pinterest_assets.demo.faults import Fault, Faults
from pinterest_assets.demo.server import DemoServer
from pinterest_assets.demo.size import DemoSize
from pinterest_assets.demo.state import Request
from pinterest_assets.demo.tokens import DEMO_TOKEN
from pinterest_assets.demo.truth import Truth
from pinterest_assets.demo.world import DemoAccount

__all__ = [
    "DEMO_TOKEN",
    "EVERYTHING",
    "DemoAccount",
    "DemoServer",
    "DemoSize",
    "Fault",
    "Faults",
    "Request",
    "Truth",
]
