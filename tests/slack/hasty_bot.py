"""A program: the bot as `run` runs it, but that it takes a process for dead after a second."""

from __future__ import annotations

import asyncio
import signal

from bot.conversation.deliveries import Pace
from bot.live_answers import load_answers
from bot.logs import configure_logging
from bot.settings import read_settings
from bot.slack.install.tokens import read_tokens
from bot.slack.run import connected_bot

LEASE_SECONDS = 1.5
HASTE = Pace(
    lease_seconds=LEASE_SECONDS,
    poll_seconds=0.2,
    backoff_seconds=0.2,
    settle_seconds=0.2,
    look_again_seconds=(0.5, 1.5),
)


async def main() -> None:
    """Run until SIGTERM."""
    settings = read_settings()
    configure_logging(settings.log_level)
    answers = load_answers(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with connected_bot(settings, read_tokens(settings), answers, HASTE):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
