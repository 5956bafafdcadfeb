"""Room for calls: each reading has one place of its own, and the rest is shared."""

from contextlib import closing

import pytest

from pinterest_assets.pinterest.extract.room import LARGE_AT_ONCE, SMALL_AT_ONCE, Room


def taken(room: Room) -> int:
    """How many more calls may begin."""
    return sum(iter(room.take, False))


def test_a_reading_alone_has_all_the_room() -> None:
    with closing(Room.for_large()) as large, closing(Room.for_small()) as small:
        assert taken(large) == LARGE_AT_ONCE
        assert taken(small) == SMALL_AT_ONCE


def test_large_answers_of_several_readings_share_what_is_beside_the_one_that_each_may_have() -> None:
    with (
        closing(Room.for_large()) as first,
        closing(Room.for_large()) as second,
        closing(Room.for_large()) as third,
    ):
        assert first.take()
        assert first.take()
        assert taken(second) == LARGE_AT_ONCE - 1
        assert taken(third) == 1
        second.leave()
        assert taken(third) == 1
        assert taken(second) == 0


def test_small_answers_are_each_readings_own() -> None:
    with closing(Room.for_small()) as first, closing(Room.for_small()) as second:
        assert taken(first) == taken(second) == SMALL_AT_ONCE


def test_the_last_to_leave_is_the_one_that_each_may_have() -> None:
    with closing(Room.for_large()) as first, closing(Room.for_large()) as second:
        assert taken(first) == LARGE_AT_ONCE
        for _ in range(LARGE_AT_ONCE - 1):
            first.leave()
        assert taken(second) == LARGE_AT_ONCE
        assert not first.take()
        first.leave()
        assert first.take()


def test_a_reading_that_breaks_off_leaves_no_call_behind() -> None:
    def broken_off() -> None:
        with closing(Room.for_large()) as room:
            raise ZeroDivisionError(taken(room))

    with pytest.raises(ZeroDivisionError):
        broken_off()
    with closing(Room.for_large()) as other:
        assert taken(other) == LARGE_AT_ONCE
