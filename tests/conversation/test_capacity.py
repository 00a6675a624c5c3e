"""A rate limit pauses one conversation, and what it deferred goes out one by one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.capacity import Pauses

BUSY, QUIET = ("T0ONE", "C0BUSY"), ("T0ONE", "C0QUIET")


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_deferred_messages_are_spaced_out_after_the_pause() -> None:
    clock = Clock()
    pauses = Pauses(1.0, clock)
    pauses.begin(BUSY, 300)
    assert [pauses.turn(BUSY) for _ in range(3)] == [300, 301, 302]
    assert (pauses.is_on(BUSY), pauses.is_on(QUIET), pauses.turn(QUIET)) == (True, False, 0)
    clock.now += 300
    assert (pauses.is_on(BUSY), pauses.turn(BUSY)) == (False, 0)


def test_another_rate_limit_starts_another_pause() -> None:
    clock = Clock()
    pauses = Pauses(1.0, clock)
    pauses.begin(BUSY, 10)
    assert [pauses.turn(BUSY) for _ in range(2)] == [10, 11]
    clock.now += 10
    pauses.begin(BUSY, 20)
    clock.now += 1
    assert [pauses.turn(BUSY) for _ in range(2)] == [19, 20]
