"""The record of calls on a Redis server, for all machines that share an app.

One script of the server's does everything in one step: pyrate-limiter's ``RedisBucket`` could not spend
from two budgets at once, and stamps calls with the clock of whichever machine asks. Here time is the
server's. Decides nothing about waiting (see ``throttle``).
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis

from pinterest_assets.pinterest.api.budget import LONGEST_PAUSE, Budget, unreachable, unusable

_TIMEOUT = 10.0

_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

_SPEND = f"""
{_NOW}
local paused = redis.call('PTTL', KEYS[1])
if paused > 0 then return paused end
for i = 2, #KEYS do
  local calls, window = tonumber(ARGV[2 * i - 2]), tonumber(ARGV[2 * i - 1])
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local decides = redis.call('ZRANGE', KEYS[i], -calls, -calls, 'WITHSCORES')
  if decides[2] then return math.max(1, tonumber(decides[2]) + window - now) end
end
for i = 2, #KEYS do
  redis.call('ZADD', KEYS[i], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[i], ARGV[2 * i - 1])
end
return 0
"""
"""A budget is spent while its call that many calls ago is still in the window."""

_SPENT = f"{_NOW} return redis.call('ZCOUNT', KEYS[1], '(' .. (now - ARGV[1]), '+inf')"

_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
"""


class RedisLedger:
    """Budgets under ``key`` on the server at ``url``."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        try:
            # Its pool opens connections when they are needed, and anew in a forked process.
            self._redis = redis.Redis.from_url(
                url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, health_check_interval=30
            )
        except ValueError:
            raise unusable(url, "it is not an address like redis://host:6379/0") from None
        self._spend = self._redis.register_script(_SPEND)
        self._spent = self._redis.register_script(_SPENT)
        self._pause = self._redis.register_script(_PAUSE)

    def spend(self, category: str, budgets: Sequence[Budget]) -> float:
        """As ``budget.Ledger`` has it."""
        keys = [self._paused(category), *(self._name(budget.name) for budget in budgets)]
        limits = [part for budget in budgets for part in (budget.calls, _milliseconds(budget.seconds))]
        with self._answering():
            wait = self._spend(keys=keys, args=[uuid.uuid4().hex, *limits])
        return int(wait) / 1000

    def spent(self, budget: Budget) -> int:
        """As ``budget.Ledger`` has it."""
        with self._answering():
            return int(self._spent(keys=[self._name(budget.name)], args=[_milliseconds(budget.seconds)]))

    def pause(self, category: str, seconds: float) -> None:
        """As ``budget.Ledger`` has it."""
        with self._answering():
            self._pause(
                keys=[self._paused(category)], args=[max(1, _milliseconds(min(seconds, LONGEST_PAUSE)))]
            )

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _name(self, name: str) -> str:
        # What is in braces decides where a cluster keeps a key: all of a ledger in one place.
        return f"pinterest_assets:{{{self._key}}}:calls:{name}"

    def _paused(self, category: str) -> str:
        return f"pinterest_assets:{{{self._key}}}:pause:{category}"

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except redis.AuthenticationError:
            raise unusable(self._url, "it does not accept the password") from None
        except (redis.ConnectionError, redis.TimeoutError) as failure:
            raise unreachable(self._url, type(failure).__name__) from None
        except redis.RedisError as failure:
            raise unusable(self._url, type(failure).__name__) from None


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
