"""One reply to one question, however often and in whatever form Slack tells of it; none where nobody asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from localslack import Delivery, Message, Workspace

from .conftest import Transport
from .support import A_QUESTION, ASK, COMMAND, ITS_TITLE, OFF_TOPIC, posts, replies, said_by_bot, title

Event = dict[str, Any]


@pytest.fixture(params=["socket", "http", pytest.param("http and postgresql", marks=pytest.mark.exhaustive)])
def transport(request: pytest.FixtureRequest) -> Transport:
    """What was seen is known by unique keys, which each database has in its own way."""
    transport: Transport = request.param
    return transport


async def ask_and_wait(workspace: Workspace, event_type: str) -> Message:
    if event_type == "app_mention":
        asked = await workspace.mention("maya", ASK, A_QUESTION)
    else:
        asked = await workspace.direct_message("maya", A_QUESTION)
    await workspace.next_message(asked.channel_id)
    return asked


def all_replies(workspace: Workspace, asked: Message) -> list[Message]:
    return [*replies(workspace, asked), *said_by_bot(workspace, asked.channel_id)]


async def settled(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        await delivery.settled()


def all_acked(workspace: Workspace) -> bool:
    envelopes = workspace.traffic.envelopes
    return bool(envelopes) and all(envelope.ack_seconds is not None for envelope in envelopes)


# Next to what no database takes


async def test_a_command_that_no_database_takes_as_it_is_costs_nobody_else_a_reply(workspace: Workspace) -> None:
    odd = [workspace.slash("andre", ASK, COMMAND, f"{OFF_TOPIC} \0 {number}") for number in range(5)]
    asked = [workspace.direct_message("maya", A_QUESTION) for _ in range(20)]
    await asyncio.gather(*odd, *asked)
    await workspace.settle()
    assert all_acked(workspace)
    assert len(said_by_bot(workspace, workspace.direct_channel("maya").id)) == 20
    assert len(workspace.ephemerals("andre", ASK)) == 5


# The same question again


@pytest.mark.parametrize("event_type", ["app_mention", "message"])
async def test_an_event_delivered_four_times_gets_one_reply(workspace: Workspace, event_type: str) -> None:
    asked = await ask_and_wait(workspace, event_type)
    [first] = workspace.traffic.events(event_type)[:1]
    for retry_attempt in range(4):
        await (await workspace.redeliver(first, retry_attempt)).settled()
    await workspace.settle()
    assert len(all_replies(workspace, asked)) == 1
    assert all_acked(workspace)


async def test_an_event_delivered_four_times_at_once_gets_one_reply(workspace: Workspace) -> None:
    asked = await workspace.post("maya", ASK, "here")
    event = mention_event(workspace, asked.ts)
    deliveries = [
        await workspace.deliver(event, event_id="Ev0TWICE", retry_attempt=retry_attempt) for retry_attempt in range(4)
    ]
    await settled(deliveries)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]
    assert all_acked(workspace)


async def test_an_envelope_sent_again_as_if_for_the_first_time_gets_no_second_reply(workspace: Workspace) -> None:
    asked = await ask_and_wait(workspace, "app_mention")
    [envelope] = workspace.traffic.events("app_mention")
    again = await workspace.redeliver(envelope, retry_attempt=0)
    await again.settled()
    await workspace.settle()
    assert [sent.retry_attempt for sent in workspace.traffic.events("app_mention")] == [0, 0]
    assert len(replies(workspace, asked)) == 1


@pytest.mark.parametrize("retry_attempt", [1, 2, 3])
async def test_a_redelivery_whose_first_delivery_was_lost_is_answered(workspace: Workspace, retry_attempt: int) -> None:
    asked = await workspace.post("maya", ASK, "here")
    await workspace.deliver(mention_event(workspace, asked.ts), retry_attempt=retry_attempt)
    reply = await workspace.next_message(ASK, asked.ts)
    assert title(reply) == ITS_TITLE


async def test_the_same_message_under_another_event_id_gets_no_second_reply(workspace: Workspace) -> None:
    asked = await ask_and_wait(workspace, "app_mention")
    await settled([await workspace.deliver(mention_event(workspace, asked.ts), event_id="Ev0OTHER")])
    await workspace.settle()
    assert len(replies(workspace, asked)) == 1


@pytest.mark.parametrize("channel_type", ["channel", "group", "mpim"])
@pytest.mark.parametrize("first", ["app_mention", "message"])
async def test_a_mention_that_also_arrives_as_a_message_gets_one_reply(
    workspace: Workspace, first: str, channel_type: str
) -> None:
    asked = await workspace.post("maya", ASK, "here")
    mention = mention_event(workspace, asked.ts)
    message = {**mention, "type": "message", "channel_type": channel_type}
    both = [mention, message] if first == "app_mention" else [message, mention]
    await settled([await workspace.deliver(event) for event in both])
    await workspace.next_message(ASK, asked.ts)
    await workspace.settle()
    assert [title(reply) for reply in replies(workspace, asked)] == [ITS_TITLE]
    assert said_by_bot(workspace, ASK) == []
    assert all_acked(workspace)


async def test_the_same_words_asked_again_are_answered_again(workspace: Workspace) -> None:
    first = await workspace.mention("maya", ASK, A_QUESTION)
    second = await workspace.mention("maya", ASK, A_QUESTION)
    await workspace.settle()
    assert len(replies(workspace, first)) == len(replies(workspace, second)) == 1


# What is no question


def mention_event(workspace: Workspace, ts: str, **fields: Any) -> Event:
    """A mention as Slack tells of it."""
    text = f"<@{workspace.bot_user_id}> {A_QUESTION}"
    place = {"channel": workspace.channel(ASK).id, "ts": ts, "event_ts": ts}
    return {"type": "app_mention", "user": "U0MAYA", "text": text, **place, **fields}


def message_event(channel_type: str, **fields: Any) -> Event:
    """A message as Slack tells of it; a field that is None is left out."""
    channel = "D0MAYA" if channel_type == "im" else "C0ASK"
    ts = "1700000000.000100"
    event = {
        "type": "message",
        "user": "U0MAYA",
        "text": f"<@U0BOT> {A_QUESTION}",
        "channel": channel,
        "channel_type": channel_type,
        "ts": ts,
        "event_ts": ts,
        **fields,
    }
    return {name: value for name, value in event.items() if value is not None}


INNER = {"type": "message", "user": "U0MAYA", "text": A_QUESTION, "ts": "1700000000.000050"}
NO_QUESTIONS = [
    pytest.param({"subtype": "bot_message", "bot_id": "B0OTHER", "user": None}, id="a classic bot"),
    pytest.param({"bot_id": "B0OTHER", "user": "U0OTHERBOT", "bot_profile": {"id": "B0OTHER"}}, id="a modern bot"),
    pytest.param({"bot_id": "B0BOT", "user": "U0BOT"}, id="the bot itself"),
    pytest.param({"user": "U0BOT"}, id="the bot itself, by its user"),
    pytest.param(
        {"subtype": "message_changed", "hidden": True, "message": INNER, "previous_message": INNER, "user": None},
        id="an edit",
    ),
    pytest.param(
        {"subtype": "message_deleted", "hidden": True, "deleted_ts": INNER["ts"], "previous_message": INNER},
        id="a deletion",
    ),
    pytest.param({"subtype": "channel_join", "text": "<@U0BOT> has joined the channel"}, id="a join"),
    pytest.param({"subtype": "channel_leave"}, id="a leave"),
    pytest.param({"subtype": "channel_topic", "topic": A_QUESTION}, id="a topic"),
    pytest.param({"subtype": "pinned_item"}, id="a pin"),
    pytest.param({"subtype": "reminder_add"}, id="a reminder"),
    pytest.param({"subtype": "ekm_access_denied", "text": ""}, id="a withheld text"),
    pytest.param({"subtype": "something_new_in_2030"}, id="an unknown subtype"),
    pytest.param({"user": None}, id="nobody"),
]


@pytest.mark.parametrize("fields", NO_QUESTIONS)
async def test_a_message_that_no_person_asks_in_is_acknowledged_and_not_answered(
    workspace: Workspace, fields: Event
) -> None:
    deliveries = [await workspace.deliver(message_event(kind, **fields)) for kind in ("im", "channel")]
    await settled(deliveries)
    await workspace.settle()
    assert [len(delivery.envelopes) for delivery in deliveries if delivery.acked] == [1, 1]
    assert posts(workspace) == 0


async def test_a_direct_message_that_a_person_asks_in_is_answered(workspace: Workspace) -> None:
    """The event that the cases above are made from, unchanged: without it they would prove nothing."""
    await workspace.deliver(message_event("im"))
    assert title(await workspace.next_message(workspace.direct_channel("maya"))) == ITS_TITLE


async def test_a_plain_channel_message_is_not_answered(workspace: Workspace) -> None:
    delivery = await workspace.deliver(message_event("channel", text=A_QUESTION))
    await delivery.settled()
    await workspace.settle()
    assert delivery.acked is not None
    assert posts(workspace) == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"bot_id": "B0OTHER", "user": "U0OTHERBOT"}, id="by another bot"),
        pytest.param({"bot_id": "B0OTHER", "user": None}, id="by a classic bot"),
        pytest.param({"bot_id": "B0BOT", "user": "U0BOT"}, id="by the bot itself"),
        pytest.param({"edited": {"user": "U0MAYA", "ts": "1700000000.000200"}}, id="in an edited message"),
    ],
)
async def test_a_mention_that_no_person_newly_asks_in_is_not_answered(workspace: Workspace, fields: Event) -> None:
    asked = await workspace.post("maya", ASK, "here")
    delivery = await workspace.deliver(mention_event(workspace, asked.ts, **fields))
    await delivery.settled()
    await workspace.settle()
    assert delivery.acked is not None
    assert posts(workspace) == 0


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"type": "reaction_added", "user": "U0MAYA", "reaction": "eyes"}, id="a reaction"),
        pytest.param({"type": "member_joined_channel", "user": "U0MAYA", "channel": "C0ASK"}, id="a person joins"),
        pytest.param({"type": "app_home_opened", "user": "U0MAYA", "channel": "D0MAYA", "tab": "home"}, id="home"),
        pytest.param({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, id="revoked tokens"),
        pytest.param({"type": "app_uninstalled"}, id="an uninstall"),
        pytest.param({"type": "something_new_in_2030", "channel": "C0ASK"}, id="an event that does not exist yet"),
    ],
)
async def test_any_other_event_is_acknowledged_and_not_answered(workspace: Workspace, event: Event) -> None:
    delivery = await workspace.deliver(event)
    await delivery.settled()
    await workspace.settle()
    assert delivery.acked is not None
    assert posts(workspace) == 0


async def test_the_news_that_slack_holds_events_back_is_acknowledged(workspace: Workspace) -> None:
    news = {"type": "app_rate_limited", "team_id": workspace.team_id, "minute_rate_limited": 1518467820}
    delivery = await workspace.redeliver(Delivery("events_api", news), retry_attempt=0)
    await delivery.settled()
    assert delivery.acked is not None


async def test_editing_or_deleting_a_question_brings_no_second_answer(workspace: Workspace) -> None:
    question = await workspace.direct_message("maya", A_QUESTION)
    await workspace.next_message(question.channel_id)
    question = await workspace.edit(question, OFF_TOPIC)
    await workspace.delete(question)
    await workspace.settle()
    assert len(workspace.traffic.calls("chat.postMessage")) == 1
    assert all_acked(workspace)


async def test_somebody_who_joins_is_not_spoken_to(workspace: Workspace) -> None:
    channel = workspace.create_channel("newcomers", ["maya", workspace.bot])
    await workspace.join("andre", channel)
    await workspace.settle()
    assert posts(workspace) == 0


# Many at once


async def test_questions_asked_at_once_by_three_people_each_get_their_own_reply(workspace: Workspace) -> None:
    questions = {
        "maya": [A_QUESTION, "Who is the employer of record?", "Who is liable for payroll taxes?"],
        "andre": ["Who manages regulatory compliance?", A_QUESTION, "Who is the employer of record?"],
        "priya": ["Who is liable for payroll taxes?", "Who manages regulatory compliance?", A_QUESTION],
    }
    titles = {
        A_QUESTION: ITS_TITLE,
        "Who is the employer of record?": "Employer of record",
        "Who is liable for payroll taxes?": "Payroll tax liability",
        "Who manages regulatory compliance?": "Regulatory compliance",
    }
    asked = [(who, question) for who, theirs in questions.items() for question in theirs]
    mentions = await asyncio.gather(*(workspace.mention(who, ASK, question) for who, question in asked))
    directs = await asyncio.gather(*(workspace.direct_message(who, question) for who, question in asked))
    await workspace.settle()
    for (_, question), mention in zip(asked, mentions, strict=True):
        assert [title(reply) for reply in replies(workspace, mention)] == [titles[question]]
    for who, theirs in questions.items():
        said = said_by_bot(workspace, workspace.direct_channel(who).id)
        assert sorted(title(reply) for reply in said) == sorted(titles[question] for question in theirs)
    assert len(directs) == 9
