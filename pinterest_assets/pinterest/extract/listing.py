"""Reads a list: every page, the first one, or the one answer it is; and tells which refusals are to be expected of it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.frames import Framed


def listed(client: Client, call: EntityCall) -> Iterator[list[Framed]]:
    """The rows of each answer, as frames by stream."""
    if call.stream.pages == "none":
        yield client.get(call.request, partial(answers.entities, call))
        return
    before = 0

    def read(items: list[dict[str, Any]]) -> tuple[list[Framed], int]:
        return answers.entities(call, {"items": items}, before), len(items)

    for frames, count in client.pages(call.request, read):
        yield frames
        before += count
        if call.stream.pages == "first":
            return


def is_closed(call: EntityCall, refusal: PinterestError) -> bool:
    """Whether the list is not for every token, and this one may not read it yet.

    Pinterest says "not implemented at the moment" (501) of issues of some feeds.
    """
    return call.stream.limited and refusal.status == 501
