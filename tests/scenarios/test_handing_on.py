"""An answer that is shared with a channel, and a question that is passed on to a person: once, and without a ping."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService, Thresholds
from bot.cli.demo import bot_in_workspace, connected_to
from bot.errors import SettingsError
from bot.manifest import shipped_manifest
from bot.settings import Settings
from localslack import RESPONSE_URL, Message, Workspace
from tests.shared import BRISK, PATIENT, parts

from .support import (
    A_QUESTION,
    ASK,
    COMMAND,
    ITS_TITLE,
    OFF_TOPIC,
    Surface,
    ask,
    buttons,
    elements,
    mrkdwn_sent,
    plain,
    replies,
    said_by_bot,
    shown,
    title,
    until,
    value_of,
    vote_values,
    with_button,
)

HELP = "#general"
HELP_ID = "C0GENERAL"
PINGS = "<!channel> <@U0ANDRE> <!here> who won the game?"


@asynccontextmanager
async def helped_bot(
    answers: AnswerService, help_channel: str = HELP_ID, retention_days: int = 90
) -> AsyncIterator[Workspace]:
    """The bot with a channel of people who help."""
    async with Workspace(shipped_manifest()) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            port=0,
            database_url=SecretStr("sqlite://"),
            help_channel=help_channel,
            retention_days=retention_days,
        )
        async with connected_to(workspace, settings, answers, BRISK):
            yield workspace


@pytest.fixture
async def helped(answers: AnswerService) -> AsyncIterator[Workspace]:
    async with helped_bot(answers) as running:
        yield running


# Share in channel


async def shared(workspace: Workspace, reply: Message, user: str = "maya") -> Message:
    await workspace.click(user, reply, action_id="share")
    return await workspace.next_message(reply.channel_id)


async def test_an_answer_to_a_command_is_shared_once_with_the_name_and_then_the_button_goes(
    workspace: Workspace,
) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    assert [label for _, label in buttons(reply, "share")] == ["Share in channel"]
    post = await shared(workspace, reply)
    assert post.thread_ts is None
    for text in (post.text, shown(post)):
        assert "maya asked and shared the answer:" in text
        assert A_QUESTION in text
    assert title(post) == ITS_TITLE
    await until(workspace, lambda: buttons(workspace.ephemerals("maya", ASK)[0], "share") == [])
    [left] = workspace.ephemerals("maya", ASK)
    assert title(left) == ITS_TITLE
    await workspace.settle()
    assert said_by_bot(workspace, ASK) == [post]


async def test_pressed_many_times_it_is_shared_once(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    await asyncio.gather(*(workspace.click("maya", reply, action_id="share") for _ in range(4)))
    await workspace.settle()
    assert len(said_by_bot(workspace, ASK)) == 1


async def test_what_is_shared_is_what_was_seen(workspace: Workspace) -> None:
    for question in ("under a PEO, who handles unemployment claims?", "what does FUTA stand for?"):
        reply = await ask(workspace, "command", question)
        post = await shared(workspace, reply)
        assert post.text.split("\n", 1)[1] == reply.text.replace("you asked about this", "asked about")
        assert "you asked" not in shown(post)


async def test_a_shared_question_pings_nobody_and_the_button_carries_it_for_the_asker_alone(
    workspace: Workspace,
) -> None:
    asked = "@andre who handles *unemployment* claims?"
    post = await shared(workspace, await ask(workspace, "command", asked))
    [quoted] = [block for block in post.blocks if block["type"] == "rich_text"]
    assert "who handles *unemployment* claims?" in str(quoted)
    assert "ANDRE" not in str(post.blocks) + post.text, "a mention is no word"
    assert [text for text in mrkdwn_sent(workspace) if "<!" in text or "<@" in text] == []
    assert [block for block in post.blocks if block["type"] != "rich_text" and "*unemployment*" in str(block)] == []


async def test_only_answers_are_shared(workspace: Workspace) -> None:
    for question in (OFF_TOPIC, "hello", "help"):
        assert buttons(await ask(workspace, "command", question), "share") == []
    assert buttons(await ask(workspace, "channel", A_QUESTION), "share") == []
    outcome = await workspace.slash("maya", workspace.direct_channel("maya"), COMMAND, A_QUESTION)
    assert outcome.message is not None
    assert buttons(outcome.message, "share") == [], "there is no channel to share it in"


async def test_where_the_bot_is_not_it_says_how_to_invite_it_and_may_be_asked_again(workspace: Workspace) -> None:
    outcome = await workspace.slash("maya", "#random", COMMAND, A_QUESTION)
    assert outcome.message is not None
    await workspace.click("maya", outcome.message, action_id="share")
    await until(workspace, lambda: len(workspace.ephemerals("maya", "#random")) == 2)
    assert "/invite" in workspace.ephemerals("maya", "#random")[1].text
    await workspace.join(workspace.bot_user_id, "#random")
    await workspace.click("maya", outcome.message, action_id="share")
    await until(workspace, lambda: title(said_by_bot(workspace, "#random")[-1]) == ITS_TITLE)


async def test_where_the_button_does_not_go_away_it_is_still_shared_once(workspace: Workspace) -> None:
    reply = await ask(workspace, "command", A_QUESTION)
    workspace.fail_next(RESPONSE_URL, "expired_url", status=404)
    await shared(workspace, reply)
    await workspace.settle()
    await workspace.click("maya", reply, action_id="share")
    await workspace.settle()
    assert len(said_by_bot(workspace, ASK)) == 1


async def test_a_button_with_a_changed_value_shares_nothing_and_a_real_one_under_many_messages_once(
    workspace: Workspace,
) -> None:
    value = value_of(await ask(workspace, "command", A_QUESTION), "share")
    told = json.loads(value)
    forged = [
        {**told, "topics": ["suta-rate"]},
        {**told, "topics": [*told["topics"], "suta-rate"]},
        {**told, "focus": "peo"},
        {**told, "term": "FUTA"},
        {**told, "question_id": str(uuid.uuid4())},
        {name: told[name] for name in ("topics", "focus", "term")},
    ]
    pressed = [("maya", json.dumps(one)) for one in forged] + [("andre", value)] + 3 * [("maya", value)]
    for user, one in pressed:
        message = await with_button(workspace, "share", one)
        await workspace.click(user, message, action_id="share")
        await workspace.settle()
    shares = [one for one in said_by_bot(workspace, ASK) if " shared " in one.text]
    assert [title(one) for one in shares] == [ITS_TITLE]


# Nothing found


async def test_what_is_likely_is_offered_with_at_most_four_buttons(answers: AnswerService) -> None:
    own = copy(answers)
    own.thresholds = Thresholds(answer=1.01, choices=1.01)
    async with helped_bot(own) as workspace:
        reply = await ask(workspace, "channel", A_QUESTION)
        offered = buttons(reply, "show_topic")
        assert [label for _, label in offered][:1] == [ITS_TITLE]
        pressable = [one for one in elements(reply) if one["type"] == "button"]
        assert 2 < len(pressable) <= 4
        assert [label for _, label in offered if label.rstrip("…") not in plain(reply.text)] == []
        await workspace.click("andre", reply, action_id=offered[0][0])
        assert title(await workspace.next_message(ASK, reply.thread_ts)) == ITS_TITLE


@pytest.mark.parametrize("joke", ["who won the football game last night", "tell me a joke about a lawyer", "pizza?"])
async def test_nothing_is_offered_to_a_joke(workspace: Workspace, joke: str) -> None:
    reply = await ask(workspace, "channel", joke)
    assert buttons(reply, "show_topic") == []


# Ask a person


async def test_the_words_of_a_question_that_is_passed_on_are_no_markup(helped: Workspace) -> None:
    asked = "who won *the* game at example.com, or _lost_ it?"
    reply = await ask(helped, "channel", asked)
    await helped.click("maya", reply, action_id="ask_person")
    passed_on = await helped.next_message(HELP)
    [quoted] = [block for block in passed_on.blocks if block["type"] == "rich_text"]
    assert "who won *the* game at example.com, or _lost_ it?" in str(quoted)
    [name] = [element for block in passed_on.blocks if block["type"] == "context" for element in block["elements"]]
    assert (name["type"], name["text"][:5]) == ("plain_text", "maya ")
    marked = [part["text"] for part in parts(list(passed_on.blocks)) if part.get("type") == "mrkdwn"]
    assert [text for text in marked if "maya" in text or "who won" in text] == []


@pytest.mark.parametrize("surface", ["command", "dm"])
async def test_a_person_is_named_where_the_question_cannot_be_passed_on(
    answers: AnswerService, surface: Surface
) -> None:
    async with helped_bot(answers, retention_days=0) as workspace:
        reply = await ask(workspace, surface, OFF_TOPIC)
    is_named = f"You can ask a person in <#{HELP_ID}>." in reply.text
    assert is_named == (buttons(reply, "ask_person") == [])
    assert is_named == (surface == "command")


@pytest.mark.parametrize(
    ("contact", "shown_as"),
    [
        ("https://provider.example/contact", "<https://provider.example/contact|https://provider.example/contact>"),
        ("hello@provider.example", "<mailto:hello@provider.example|hello@provider.example>"),
        ("208-555-0100 <!here>", "208-555-0100 &lt;!here&gt;"),
    ],
)
async def test_without_a_help_channel_the_provider_is_named_where_it_has_a_contact(
    answers: AnswerService, contact: str, shown_as: str
) -> None:
    own = copy(answers)
    provider = own.knowledge.provider.model_copy(update={"contact": contact})
    own.knowledge = replace(own.knowledge, provider=provider)
    async with bot_in_workspace(own, timing=PATIENT) as workspace:
        reply = await ask(workspace, "channel", OFF_TOPIC)
        assert reply.text.endswith(f"\nYou can ask a person: {shown_as}.")
        assert "You can ask a person: " not in (await ask(workspace, "channel", A_QUESTION)).text


async def test_without_a_help_channel_nobody_is_offered(workspace: Workspace) -> None:
    assert buttons(await ask(workspace, "channel", OFF_TOPIC), "ask_person") == []


@pytest.mark.parametrize("surface", ["channel", "thread", "dm", "command"])
async def test_a_question_without_an_answer_is_passed_on_once_and_the_asker_told(
    helped: Workspace, surface: Surface
) -> None:
    reply = await ask(helped, surface, OFF_TOPIC)
    await asyncio.gather(*(helped.click("maya", reply, action_id="ask_person") for _ in range(3)))
    passed_on = await helped.next_message(HELP)
    await helped.settle()
    assert said_by_bot(helped, HELP) == [passed_on]
    assert "maya asks for a person" in passed_on.text
    assert OFF_TOPIC in passed_on.text
    if surface == "command":
        told = helped.ephemerals("maya", ASK)[-1]
        assert "slack.com" not in passed_on.text
    else:
        told = [one for one in helped.all_messages(reply.channel_id) if one.bot_id][-1]
        asked = next(one for one in helped.all_messages(reply.channel_id) if OFF_TOPIC in one.text)
        assert asked.ts.replace(".", "") in passed_on.text
    assert "passed this question on" in told.text
    assert told.thread_ts == reply.thread_ts


async def test_a_second_person_does_not_pass_it_on_again(helped: Workspace) -> None:
    reply = await ask(helped, "channel", OFF_TOPIC)
    for user in ("andre", "maya", "priya"):
        await helped.click(user, reply, action_id="ask_person")
    await helped.settle()
    assert len(said_by_bot(helped, HELP)) == 1


async def test_a_button_with_a_changed_value_passes_nothing_on_and_a_real_one_under_many_messages_once(
    helped: Workspace,
) -> None:
    real = value_of(await ask(helped, "channel", OFF_TOPIC), "ask_person")
    answered = vote_values(await ask(helped, "channel", A_QUESTION))["Helpful"].partition("|")[2]
    elsewhere = value_of(await ask(helped, "dm", OFF_TOPIC), "ask_person")
    for value in (str(uuid.uuid4()), "x|1700000000.000100", answered, elsewhere, real, f"{real}|1.1", f"{real}|1.2"):
        message = await with_button(helped, "ask_person", value)
        await helped.click("maya", message, action_id="ask_person")
        await helped.settle()
    [passed_on] = said_by_bot(helped, HELP)
    assert OFF_TOPIC in passed_on.text


async def test_only_questions_without_an_answer_are_passed_on(helped: Workspace) -> None:
    for question in (A_QUESTION, "hello", "thanks!"):
        assert buttons(await ask(helped, "channel", question), "ask_person") == []


async def test_where_no_words_are_kept_the_link_goes_alone(answers: AnswerService) -> None:
    async with helped_bot(answers, retention_days=0) as workspace:
        reply = await ask(workspace, "channel", OFF_TOPIC)
        await workspace.click("maya", reply, action_id="ask_person")
        passed_on = await workspace.next_message(HELP)
        assert "football" not in passed_on.text
        assert "Open the question" in passed_on.text
        command = await ask(workspace, "command", OFF_TOPIC)
        assert buttons(command, "ask_person") == [], "there would be nothing to pass on"


async def test_nobody_is_pinged_by_what_is_passed_on_or_shared(helped: Workspace) -> None:
    reply = await ask(helped, "channel", PINGS)
    await helped.click("maya", reply, action_id="ask_person")
    passed_on = await helped.next_message(HELP)
    await helped.settle()
    assert "who won the game" in passed_on.text
    for text in mrkdwn_sent(helped):
        assert "<!" not in text
        assert "<@" not in text


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action"])
async def test_where_it_cannot_be_passed_on_the_asker_is_told_and_may_try_again(helped: Workspace, error: str) -> None:
    reply = await ask(helped, "channel", OFF_TOPIC)
    helped.fail_next("chat.postMessage", error)
    await helped.click("maya", reply, action_id="ask_person")
    await until(helped, lambda: bool(helped.ephemerals("maya", ASK)))
    assert "could not pass" in helped.ephemerals("maya", ASK)[0].text
    await helped.click("maya", reply, action_id="ask_person")
    assert OFF_TOPIC in (await helped.next_message(HELP)).text


async def test_after_a_failure_that_passes_it_stands_in_both_places_once(helped: Workspace) -> None:
    asked = await helped.mention("maya", ASK, OFF_TOPIC)
    reply = await helped.next_message(ASK, asked.ts)
    helped.fail_next("chat.postMessage", status=500, is_done=True)
    await helped.click("maya", reply, action_id="ask_person")
    await until(helped, lambda: len(replies(helped, asked)) == 2)
    await helped.settle()
    assert len(said_by_bot(helped, HELP)) == 1
    assert len(replies(helped, asked)) == 2


async def test_a_question_that_is_gone_is_passed_on_without_a_link(helped: Workspace) -> None:
    asked = await helped.mention("maya", ASK, OFF_TOPIC)
    reply = await helped.next_message(ASK, asked.ts)
    helped.fail_next("chat.getPermalink", "message_not_found")
    await helped.click("andre", reply, action_id="ask_person")
    passed_on = await helped.next_message(HELP)
    assert OFF_TOPIC in passed_on.text
    assert "Open the question" not in passed_on.text


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        pytest.param("#general", "not a channel's id", id="a name"),
        pytest.param("C0NOWHERE", "is not there", id="none"),
        pytest.param("C0RANDOM", "not in", id="without the bot"),
    ],
)
async def test_a_wrong_help_channel_is_found_at_the_start(answers: AnswerService, channel: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        async with helped_bot(answers, channel):
            pytest.fail("started")
