"""Who is answered, in which kinds of conversation, and what of a message is read: what a person would say it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.cli.demo import connected_to
from bot.conversation.contents import Notice
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.messages.notices import FILES_NOT_READ, NOTICES
from localslack import Channel, Message, Workspace

from .support import A_QUESTION, ASK, COMMAND, ITS_TITLE, buttons, posts, replies, shown, title

FILE = {"id": "F0PLAN", "name": "plan.pdf", "mimetype": "application/pdf"}
PREVIEW = {"from_url": "https://example.com", "title": "Who handles unemployment claims?", "text": A_QUESTION}


def forwarded(**fields: Any) -> dict[str, Any]:
    """What Slack adds for a message that somebody forwards."""
    link = "https://local-workspace.slack.com/archives/C0GENERAL/p1700000000000100"
    return {"is_share": True, "is_msg_unfurl": True, "from_url": link, "author_id": "U0ANDRE", **fields}


def rich_text(kind: str, text: str) -> dict[str, Any]:
    """A quote, a list or preformatted text, as Slack's client lays it out."""
    words: list[dict[str, Any]] = [{"type": "text", "text": text}]
    parts = [{"type": "rich_text_section", "elements": words}] if kind == "rich_text_list" else words
    return {"type": "rich_text", "elements": [{"type": kind, "elements": parts}]}


IN_BLOCKS = {"message": {"blocks": [rich_text("rich_text_quote", A_QUESTION)]}}


async def titles(workspace: Workspace, asked: Message) -> list[str]:
    """The headings of the bot's replies to a message."""
    await workspace.settle()
    return [title(reply) for reply in replies(workspace, asked) if reply.user_id == workspace.bot_user_id]


# What is read


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"attachments": [forwarded(text=A_QUESTION)]}, id="a forwarded message"),
        pytest.param({"attachments": [forwarded(message_blocks=[IN_BLOCKS])]}, id="a forwarded message in blocks"),
        pytest.param({"blocks": [rich_text("rich_text_quote", A_QUESTION)]}, id="a quote"),
        pytest.param({"blocks": [rich_text("rich_text_list", A_QUESTION)]}, id="a list"),
        pytest.param({"blocks": [rich_text("rich_text_preformatted", A_QUESTION)]}, id="preformatted text"),
        pytest.param({"attachments": [{"pretext": "A form was sent", "text": A_QUESTION}]}, id="what an app attached"),
    ],
)
async def test_what_stands_beside_the_mention_is_read(workspace: Workspace, beside: dict[str, Any]) -> None:
    asked = await workspace.post("maya", ASK, f"<@{workspace.bot_user_id}> please", **beside)
    assert await titles(workspace, asked) == [ITS_TITLE]


async def test_the_preview_of_a_link_is_not_read(workspace: Workspace) -> None:
    text = f"<@{workspace.bot_user_id}> <https://example.com>"
    asked = await workspace.post("maya", ASK, text, attachments=[PREVIEW])
    await workspace.settle()
    [reply] = replies(workspace, asked)
    assert "no question" in reply.text


@pytest.mark.parametrize("caption", [A_QUESTION, ""])
async def test_a_file_brings_one_sentence_that_it_is_not_read(workspace: Workspace, caption: str) -> None:
    asked = await workspace.post("maya", workspace.direct_channel("maya"), caption, files=[FILE])
    reply = await workspace.next_message(asked.channel_id)
    assert title(reply) == (ITS_TITLE if caption else "")
    assert shown(reply).count(FILES_NOT_READ) == reply.text.count(FILES_NOT_READ) == 1


# Where


async def group_of(workspace: Workspace) -> Channel:
    return workspace.create_channel("maya--andre--bot", ["maya", "andre", workspace.bot], "mpim")


async def test_in_a_group_direct_message_the_bot_answers_when_it_is_mentioned(workspace: Workspace) -> None:
    group = await group_of(workspace)
    assert await titles(workspace, await workspace.post("maya", group, A_QUESTION)) == []
    assert await titles(workspace, await workspace.post("maya", group, f"<@U0ANDRE> {A_QUESTION}")) == []
    asked = await workspace.mention("maya", group, A_QUESTION)
    assert await titles(workspace, asked) == [ITS_TITLE]
    await workspace.post("andre", group, "and under an ASO?", thread_ts=asked.ts)
    assert await titles(workspace, asked) == [ITS_TITLE] * 2
    await workspace.delete(asked)
    assert await titles(workspace, asked) == [ITS_TITLE] * 2, "somebody has asked on"


async def test_a_mention_that_is_put_in_later_is_answered_in_a_group_direct_message(workspace: Workspace) -> None:
    asked = await workspace.post("maya", await group_of(workspace), A_QUESTION)
    asked = await workspace.edit(asked, f"<@{workspace.bot_user_id}> {A_QUESTION}")
    assert await titles(workspace, asked) == [ITS_TITLE]


async def test_a_group_direct_message_cannot_be_listened_in(workspace: Workspace) -> None:
    outcome = await workspace.slash("maya", await group_of(workspace), COMMAND, "listen on")
    assert outcome.message is not None
    assert "when I am mentioned" in outcome.message.text


async def test_what_somebody_does_is_answered_where_it_is_addressed_to_the_bot(workspace: Workspace) -> None:
    direct = workspace.direct_channel("maya")
    await workspace.post("maya", direct, f"wonders: {A_QUESTION}", subtype="me_message")
    assert title(await workspace.next_message(direct)) == ITS_TITLE


# Who


@pytest.mark.parametrize(
    ("user", "by", "is_answered"),
    [
        pytest.param("maya", {"bot_id": "B0OTHER", "app_id": "A0OTHER"}, True, id="a person through an app"),
        pytest.param(None, {"bot_id": "B0OTHER", "app_id": "A0OTHER"}, False, id="an app without a user"),
        pytest.param(None, {"bot_id": "B0OTHER", "subtype": "bot_message"}, False, id="a classic bot"),
    ],
)
async def test_who_mentions_the_bot_decides_and_no_single_key(
    workspace: Workspace, user: str | None, by: dict[str, str], is_answered: bool
) -> None:
    text = f"<@{workspace.bot_user_id}> {A_QUESTION}"
    asked = await workspace.post(user, ASK, text, **by)  # type: ignore[arg-type]
    assert await titles(workspace, asked) == [ITS_TITLE] * is_answered
    thread = await workspace.post("andre", ASK, "A thread")
    await workspace.post(user, ASK, text, thread_ts=thread.ts, **by)  # type: ignore[arg-type]
    assert await titles(workspace, thread) == [], "two bots would answer each other without end"


@pytest.mark.parametrize("kind", ["im", "channel"])
async def test_slackbot_is_never_answered(workspace: Workspace, kind: str) -> None:
    await workspace.slash("maya", ASK, COMMAND, "listen on")
    place = workspace.direct_channel("maya") if kind == "im" else workspace.channel(ASK)
    said = {"type": "message", "user": "USLACKBOT", "text": A_QUESTION, "ts": "1700000000.000100"}
    await workspace.deliver({**said, "channel": place.id, "channel_type": kind})
    mention = {**said, "type": "app_mention", "text": f"<@{workspace.bot_user_id}> {A_QUESTION}"}
    await workspace.deliver({**mention, "channel": place.id, "ts": "1700000000.000200"})
    await workspace.settle()
    assert posts(workspace) == 0


# People of other organizations


async def test_people_of_other_organizations_are_answered_like_everybody(workspace: Workspace) -> None:
    workspace.connect("carla", ASK)
    assert await titles(workspace, await workspace.mention("carla", ASK, A_QUESTION)) == [ITS_TITLE]


@pytest.fixture
async def declining(answers: AnswerService) -> AsyncIterator[Workspace]:
    """A workspace whose bot declines people of other organizations, with Carla from one of them."""
    async with Workspace(shipped_manifest()) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            port=0,
            external_people="decline",
        )
        async with connected_to(workspace, settings, answers):
            await workspace.slash("maya", ASK, COMMAND, "listen on")
            workspace.connect("carla", ASK)
            yield workspace


async def test_where_they_are_declined_they_read_so_and_everybody_else_is_answered(declining: Workspace) -> None:
    asked = await declining.mention("carla", ASK, A_QUESTION)
    await declining.settle()
    assert [reply.text for reply in replies(declining, asked)] == [NOTICES[Notice.DECLINED]]
    asked = await declining.edit(asked, f"<@{declining.bot_user_id}> what is a PEO?")
    await declining.settle()
    assert [reply.text for reply in replies(declining, asked)] == [NOTICES[Notice.DECLINED]]
    await declining.delete(asked)
    await declining.settle()
    assert replies(declining, asked) == []
    assert await titles(declining, await declining.post("carla", ASK, A_QUESTION)) == []
    assert await titles(declining, await declining.post("maya", ASK, A_QUESTION)) == [ITS_TITLE]


async def test_what_they_click_is_declined_to_them_alone_and_works_for_others(declining: Workspace) -> None:
    asked = await declining.mention("maya", ASK, A_QUESTION)
    reply = await declining.next_message(ASK, asked.ts)
    (action_id, _), *_ = buttons(reply, "show_topic")
    for _ in range(2):
        await declining.click("carla", reply, action_id=action_id)
        await declining.settle()
    assert [one.text for one in declining.ephemerals("carla", ASK)] == [NOTICES[Notice.DECLINED]]
    assert len(replies(declining, asked)) == 1
    await declining.click("maya", reply, action_id=action_id)
    await declining.settle()
    assert len(replies(declining, asked)) == 2
