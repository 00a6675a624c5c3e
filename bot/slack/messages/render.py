"""What the bot has to say, as a Slack message."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.conversation.contents import (
    AllStates,
    AnswerContent,
    Content,
    Details,
    HelpRequest,
    Introduction,
    Notice,
    OnlyVisibleToAsker,
    Overview,
    PassedOn,
    SharedAnswer,
)
from bot.conversation.replies import UNANSWERED
from bot.slack.messages.answers import answer_reply, more_reply, overview_reply, states_reply
from bot.slack.messages.feedback import Grounds, with_foot
from bot.slack.messages.layout import Reply, introduced
from bot.slack.messages.listening import introduction
from bot.slack.messages.notices import FILES_NOT_READ, NOTICES, ONLY_VISIBLE_TO_ASKER
from bot.slack.messages.sharing import (
    help_reply,
    passed_on_reply,
    person_button,
    share_button,
    shared_reply,
    with_buttons,
    with_way_to_a_person,
)


def render(content: Content) -> Reply:
    """Lay out what the bot has to say."""
    match content:
        case AnswerContent():
            return _answer(content)
        case Overview(knowledge):
            return overview_reply(knowledge)
        case Details(entry, knowledge):
            return more_reply(entry, knowledge)
        case AllStates(entry, knowledge):
            return states_reply(entry, knowledge)
        case SharedAnswer(answer, name, words):
            return shared_reply(_answer(answer), name, words)
        case HelpRequest(name, words, is_direct, permalink):
            return help_reply(name, words, permalink, is_direct=is_direct)
        case PassedOn(help_channel):
            return passed_on_reply(help_channel)
        case Introduction(setting):
            return introduction(setting)
        case OnlyVisibleToAsker(hidden):
            return introduced(ONLY_VISIBLE_TO_ASKER, render(hidden))
        case Notice():
            return Reply(NOTICES[content], [])


def _answer(content: AnswerContent) -> Reply:
    answer, person = content.answer, content.person
    reply = answer_reply(answer, content.knowledge, today(), is_shared=content.is_shared)
    if not (answer.kind == "none" and answer.reason not in UNANSWERED):
        # Small talk needs no vote.
        reply = with_foot(reply, content.question_id, Grounds.of(answer))
    if content.share is not None:
        reply = with_buttons(reply, share_button(content.share))
    if person is not None and person.has_button:
        reply = with_buttons(reply, person_button(content.question_id))
    elif person is not None:
        reply = with_way_to_a_person(reply, person.help_channel, content.knowledge.provider.contact)
    return introduced(FILES_NOT_READ, reply) if content.has_files else reply


def today() -> date:
    """The day by which entries are past their date of review."""
    return datetime.now(UTC).date()
