"""An edit or a deletion may arrive before its message: what the message says last counts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.answering import AnswerService
from bot.manifest import EVENTS_PATH
from bot.slack.install.tokens import read_tokens
from bot.slack.run import connected_bot
from localslack import Message, Timing, Workspace
from tests.slack.processes import free_port, local_workspace
from tests.slack.transport.test_http_mode import Slack, http_settings

ASK = "#ask"
FIRST, SECOND, THIRD = "what is an ASO?", "Who handles unemployment claims?", "Who is liable for payroll taxes?"
SECOND_TITLE, THIRD_TITLE = "Unemployment claims", "Payroll tax liability"


@dataclass
class Story:
    """A message with its edits and deletion, as events that a test sends in any order."""

    workspace: Workspace
    slack: Slack
    message: Message
    mention: str
    author: dict[str, str] = field(default_factory=lambda: {"user": "U0MAYA"})

    async def tell(self, order: str) -> None:
        """Send the events of the message (M), its two edits (E, F) and its deletion (D), and check each ack."""
        for letter in order:
            body = {
                "type": "event_callback",
                "team_id": self.workspace.team_id,
                "event_id": f"Ev{letter}",
                "event": self._event(letter),
            }
            status, _ = await self.slack.send(json.dumps(body))
            assert status == 200
            await self.workspace.settle()

    def _event(self, letter: str) -> dict[str, Any]:
        channel = {"channel": self.message.channel_id, "channel_type": "im" if self._is_direct else "channel"}
        if letter == "M":
            kind = "app_mention" if self.mention else "message"
            return {"type": kind, **channel, **self._message(FIRST)}
        was = {"E": FIRST, "F": SECOND, "D": SECOND}[letter]
        change: dict[str, Any] = {"type": "message", **channel, "ts": f"{self._seconds + ' EFD'.index(letter)}.000000"}
        if letter == "D":
            deleted = {"subtype": "message_deleted", "previous_message": self._message(was)}
            return change | deleted | {"deleted_ts": self.message.ts}
        now = {"E": SECOND, "F": THIRD}[letter]
        edited = {"message": self._message(now), "previous_message": self._message(was)}
        return change | {"subtype": "message_changed"} | edited

    @property
    def _is_direct(self) -> bool:
        return self.message.channel_id.startswith("D")

    @property
    def _seconds(self) -> int:
        return int(self.message.ts.partition(".")[0])

    def _message(self, words: str) -> dict[str, Any]:
        return {"type": "message", **self.author, "text": f"{self.mention}{words}", "ts": self.message.ts}

    @property
    def titles(self) -> list[str]:
        """The headings of the replies that are left."""
        where = () if self._is_direct else (self.message.ts,)
        replies = [one for one in self.workspace.messages(self.message.channel_id, *where) if one.bot_id]
        return [str(one.blocks[0]["text"]["text"]) for one in replies]


@pytest.fixture
async def slack(
    answers: AnswerService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[tuple[Workspace, Slack]]:
    monkeypatch.chdir(tmp_path)  # no .env there
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
    async with local_workspace(timing=Timing(retry_delays_seconds=())) as workspace:
        settings = http_settings(workspace, free_port())
        address = f"http://127.0.0.1:{settings.port}{EVENTS_PATH}"
        async with (
            connected_bot(settings, read_tokens(settings), answers) as worker,
            aiohttp.ClientSession() as session,
        ):
            with workspace.waiting_for(lambda: worker.is_done):
                yield workspace, Slack(session, address)


@pytest.fixture(params=["mention", "direct message", "plain question"])
async def story(slack: tuple[Workspace, Slack], request: pytest.FixtureRequest) -> Story:
    workspace, sender = slack
    if request.param == "plain question":
        await _listen(workspace, sender)
    channel = workspace.direct_channel("maya") if request.param == "direct message" else ASK
    message = await workspace.post("maya", channel, FIRST)
    return Story(workspace, sender, message, f"<@{workspace.bot_user_id}> " if request.param == "mention" else "")


async def _listen(workspace: Workspace, sender: Slack) -> None:
    command = {"command": "/peo-vs-aso", "text": "listen on", "channel_id": "C0ASK", "user_id": "U0MAYA"}
    form = urlencode({**command, "team_id": workspace.team_id, "trigger_id": "1"})
    status, _ = await sender.send(form, kind="application/x-www-form-urlencoded")
    assert status == 200


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("EM", [SECOND_TITLE]),
        ("EMM", [SECOND_TITLE]),
        ("EEM", [SECOND_TITLE]),
        ("EFM", [THIRD_TITLE]),
        ("FEM", [THIRD_TITLE]),
        ("EMF", [THIRD_TITLE]),
        ("DM", []),
        ("EDM", []),
        ("DEM", []),
        ("DMED", []),
        ("MED", []),
        ("MDE", []),
    ],
)
async def test_whatever_the_order_the_reply_is_to_what_the_message_says_last(
    story: Story, order: str, titles: list[str]
) -> None:
    await story.tell(order)
    assert story.titles == titles


@pytest.mark.parametrize(
    ("mention", "author"),
    [
        pytest.param("<@U0ANDRE> ", {"user": "U0MAYA"}, id="to somebody else"),
        pytest.param("", {"user": "U0MAYA", "bot_id": "B0APP", "app_id": "A0APP"}, id="by an app"),
    ],
)
async def test_an_edit_of_an_unknown_message_asks_nothing_if_the_message_would_not(
    slack: tuple[Workspace, Slack], mention: str, author: dict[str, str]
) -> None:
    workspace, sender = slack
    await _listen(workspace, sender)
    story = Story(workspace, sender, await workspace.post("maya", ASK, FIRST), mention, author)
    await story.tell("E")
    assert story.titles == []
