"""Follows several iterators at a time, each on a thread, and takes from them in turn."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def in_turn(sources: Iterable[Iterator[Item]], workers: int) -> Iterator[Item]:
    """Round robin over the sources under way, so that order depends on the sources, not on timing."""
    waiting = iter(sources)
    under_way: deque[tuple[Iterator[Item], Future[Item | None]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pinterest")
    exhausted = False
    try:
        while under_way or not exhausted:
            while len(under_way) < workers and not exhausted:
                source = next(waiting, None)
                if source is None:
                    exhausted = True
                else:
                    under_way.append((source, pool.submit(next, source, None)))
            if under_way:
                source, future = under_way.popleft()
                item = future.result()
                if item is not None:
                    under_way.append((source, pool.submit(next, source, None)))
                    yield item
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
