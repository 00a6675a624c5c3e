"""A channel may let the bot answer plain questions; wherever it has not been asked or is not sure, it is silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.cli.demo import connected_to
from bot.conversation.buttons import LISTEN
from bot.manifest import shipped_manifest
from bot.settings import Settings
from localslack import Message, Workspace
from tests.shared import chatter
from tests.store.databases import migrated_file

from .support import (
    A_QUESTION,
    ASK,
    COMMAND,
    ITS_TITLE,
    OFF_TOPIC,
    ask,
    buttons,
    posts,
    replies,
    said_by_bot,
    title,
)

MORE_CHATTER = Path(__file__).parents[3] / "shared" / "questions" / "chatter-dev.jsonl"


async def listen(workspace: Workspace, how: str, user: str = "maya", channel: str = ASK) -> Message:
    """Type the command, and what it shows to the one who typed it."""
    outcome = await workspace.slash(user, channel, COMMAND, f"listen {how}")
    assert outcome.message is not None, outcome.detail
    return outcome.message


async def invited(workspace: Workspace, channel: str = "#random") -> Message:
    """Invite the bot, and what it says on coming in."""
    await workspace.join(workspace.bot, channel)
    await workspace.settle()
    [said] = said_by_bot(workspace, channel)[1:]  # after Slack's own line that it has joined
    return said


async def replies_to(workspace: Workspace, text: str, channel: str = ASK) -> list[Message]:
    asked = await workspace.post("maya", channel, workspace.typed(text))
    await workspace.settle()
    return replies(workspace, asked)


# Switching


async def test_a_bot_that_is_invited_introduces_itself_once_with_a_button(workspace: Workspace) -> None:
    said = await invited(workspace)
    assert "PEO and ASO" in said.text
    assert [label for _, label in buttons(said, LISTEN)] == ["Answer without a mention"]
    await workspace.join(workspace.bot, "#random")
    await workspace.settle()
    assert posts(workspace) == 1


async def test_the_button_lets_it_listen_and_shows_who_pressed_it(workspace: Workspace) -> None:
    said = await invited(workspace)
    assert await replies_to(workspace, A_QUESTION, "#random") == []
    await workspace.click("andre", said, action_id=LISTEN)
    await workspace.settle()
    now = workspace.message("#random", said.ts)
    assert now is not None
    assert "<@U0ANDRE> switched that on" in now.text
    assert [title(reply) for reply in await replies_to(workspace, A_QUESTION, "#random")] == [ITS_TITLE]


async def test_the_button_switches_on_and_off_as_often_as_it_is_pressed(workspace: Workspace) -> None:
    said = await invited(workspace)
    for number in range(1, 5):
        await workspace.click("maya" if number % 2 else "andre", said, action_id=LISTEN)
        await workspace.settle()
        answered = await replies_to(workspace, A_QUESTION, "#random")
        assert len(answered) == number % 2
    assert len(workspace.traffic.calls("chat.update")) == 4


async def test_the_command_switches_and_shows_who_did_to_one_person_only(workspace: Workspace) -> None:
    assert "when I am mentioned" in (await listen(workspace, "status")).text
    shown = await listen(workspace, "on")
    assert "without a mention" in shown.text
    assert "<@U0MAYA> switched that on" in shown.text
    assert "<@U0MAYA> switched that on" in (await listen(workspace, "status", "andre")).text
    assert "<@U0ANDRE> switched that off" in (await listen(workspace, "OFF", "andre")).text
    assert await replies_to(workspace, A_QUESTION) == []
    assert posts(workspace) == 0


async def test_a_question_that_begins_with_listen_is_a_question(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", f"listen, {A_QUESTION}")
    assert title(reply) == ITS_TITLE


async def test_each_channel_is_switched_for_itself(workspace: Workspace) -> None:
    await listen(workspace, "on")
    assert await replies_to(workspace, A_QUESTION, "#general") == []
    assert len(await replies_to(workspace, A_QUESTION)) == 1


async def test_where_it_is_not_it_says_how_to_invite_it_and_where_it_hears_all_that_it_does(
    workspace: Workspace,
) -> None:
    assert "/invite" in (await listen(workspace, "on", channel="#random")).text
    direct = workspace.direct_channel("maya").id
    assert "every message" in (await listen(workspace, "on", channel=direct)).text
    private = workspace.create_channel("board", ["maya"], "group")
    assert "/invite" in (await listen(workspace, "on", channel=private.id)).text
    assert "when I am mentioned" in (await listen(workspace, "status", channel="#random")).text


async def test_a_private_channel_listens_too(workspace: Workspace) -> None:
    private = workspace.create_channel("board", ["maya", workspace.bot], "group")
    await listen(workspace, "on", channel=private.id)
    assert len(await replies_to(workspace, A_QUESTION, private.id)) == 1


# Speaking


async def test_a_plain_question_is_answered_once_in_its_thread_and_unfolds_nothing(workspace: Workspace) -> None:
    await listen(workspace, "on")
    [reply] = await replies_to(workspace, A_QUESTION)
    assert title(reply) == ITS_TITLE
    assert reply.subtype != "thread_broadcast"
    assert said_by_bot(workspace, ASK) == []
    [call] = workspace.traffic.calls("chat.postMessage")
    assert [str(call.arguments[name]).casefold() for name in ("unfurl_links", "unfurl_media")] == ["false", "false"]


async def test_a_plain_question_inside_a_thread_is_answered_in_that_thread(workspace: Workspace) -> None:
    await listen(workspace, "on")
    parent = await workspace.post("andre", ASK, "We talk about claims here")
    await workspace.post("maya", ASK, A_QUESTION, thread_ts=parent.ts)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, parent)] == [ITS_TITLE]


async def test_a_mention_in_a_listening_channel_gets_one_reply(workspace: Workspace) -> None:
    await listen(workspace, "on")
    asked = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]


async def test_an_event_that_comes_again_gets_no_second_reply(workspace: Workspace) -> None:
    await listen(workspace, "on")
    asked = await workspace.post("maya", ASK, A_QUESTION)
    await workspace.settle()
    [event] = [one for one in workspace.traffic.events("message") if "bot_id" not in one.payload["event"]]
    for retry_attempt in (0, 1):
        await (await workspace.redeliver(event, retry_attempt)).settled()
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1


# Silence


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OFF_TOPIC, id="off topic"),
        pytest.param("thanks everybody!", id="thanks"),
        pytest.param("help", id="a word that is a command elsewhere"),
        pytest.param(f"@andre {A_QUESTION}", id="to a person"),
        pytest.param(f"{A_QUESTION} @priya", id="to a person, at the end"),
        pytest.param("@carla can you tell me who handles unemployment claims?", id="to somebody who is not here"),
        pytest.param("Carla, who handles unemployment claims at Riverside?", id="to a person by name"),
        pytest.param("<!channel> who handles unemployment claims?", id="to everybody by a ping"),
        pytest.param("the PEO handles unemployment claims", id="a statement"),
        pytest.param("", id="nothing"),
    ],
)
async def test_what_is_no_clear_question_for_it_is_met_with_nothing_at_all(workspace: Workspace, text: str) -> None:
    await listen(workspace, "on")
    calls = len(workspace.traffic.api_calls)
    await workspace.post("maya", ASK, text if text.startswith("<") else workspace.typed(text))
    await workspace.settle()
    assert len(workspace.traffic.api_calls) == calls, "no post, no reaction, no look"


async def test_two_hundred_ordinary_messages_bring_no_post(workspace: Workspace) -> None:
    messages = chatter()
    assert len(messages) >= 200
    await say_all(workspace, messages)


async def test_the_chatter_of_the_workshop_brings_no_post(workspace: Workspace) -> None:
    if not MORE_CHATTER.exists():
        pytest.skip("the questions beside the repository are not here")
    await say_all(workspace, chatter(MORE_CHATTER))


async def say_all(workspace: Workspace, messages: list[str]) -> None:
    await listen(workspace, "on")
    calls = len(workspace.traffic.api_calls)
    for number, message in enumerate(messages):
        await workspace.post(("maya", "andre", "priya")[number % 3], ASK, workspace.typed(message))
    await workspace.settle()
    assert len(workspace.traffic.api_calls) == calls


@pytest.mark.parametrize(
    ("user", "fields"),
    [
        pytest.param(None, {"bot_id": "B0OTHER", "subtype": "bot_message"}, id="a classic bot or a workflow"),
        pytest.param("maya", {"bot_id": "B0OTHER"}, id="an app for a person"),
        pytest.param("maya", {"subtype": "me_message"}, id="what somebody does"),
        pytest.param("maya", {"subtype": "channel_topic"}, id="a topic"),
    ],
)
async def test_a_question_that_no_person_asks_is_left_alone(
    workspace: Workspace, user: str | None, fields: dict[str, str]
) -> None:
    await listen(workspace, "on")
    await workspace.post(user, ASK, A_QUESTION, **fields)  # type: ignore[arg-type]
    await workspace.join("andre", workspace.create_channel("newcomers", ["maya", workspace.bot]))
    await workspace.settle()
    assert posts(workspace) == 0


async def test_of_what_is_left_alone_nothing_is_kept_and_nothing_logged(
    answers: AnswerService, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with Workspace(shipped_manifest()) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            port=0,
            database_url=SecretStr(migrated_file(tmp_path / "kept.sqlite3")),
        )
        async with connected_to(workspace, settings, answers):
            await listen(workspace, "on")
            said = await workspace.post("maya", ASK, "the quokka will be back tomorrow")
            said = await workspace.edit(said, "who has seen the quokka?")
            await workspace.delete(said)
            thread = await workspace.post("maya", ASK, A_QUESTION)
            await workspace.settle()
            await workspace.post("andre", ASK, "I told the quokka", thread_ts=thread.ts)
            await workspace.settle()
            kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert len(replies(workspace, thread)) == 1
    assert said.ts.encode() not in kept
    assert thread.ts.encode() in kept
    assert b"quokka" not in kept
    assert "quokka" not in "".join(capfd.readouterr())


async def test_nothing_that_it_says_of_listening_pings_anybody(workspace: Workspace) -> None:
    """A name stands only in what one person sees, and in a message that changes; Slack notifies nobody of either."""
    said = await invited(workspace)
    await workspace.click("andre", said, action_id=LISTEN)
    await listen(workspace, "status")
    await workspace.settle()
    posted = [str(call.arguments["text"]) for call in workspace.traffic.calls("chat.postMessage")]
    assert [text for text in posted if re.search(r"<[@!]", text)] == []
