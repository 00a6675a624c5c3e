"""What listeners and worker share: questions in, replies out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Literal, TypeAlias

import structlog

from bot.answering import Answer, AnswerService
from bot.reloading import Answers
from bot.slack.blocks import (
    CHOOSE_TOPIC,
    SHOW_MORE,
    SHOW_OVERVIEW,
    Reply,
    answer_reply,
    gone_text,
    introduced,
    more_reply,
    overview_reply,
    state_reply,
    states_reply,
)
from bot.slack.external import declined_text
from bot.slack.files import not_read_text, unmarked
from bot.slack.foot import Grounds, expected_view, why_view, with_foot
from bot.slack.handing_on import (
    Shared,
    help_reply,
    not_passed_on_text,
    not_shared_text,
    passed_on_reply,
    person_button,
    share_button,
    shared_reply,
    with_buttons,
    with_way_to_a_person,
)
from bot.slack.keys import button_key, message_key
from bot.slack.layout import Block
from bot.slack.states import SHOW_STATES, read_value
from bot.slack.talk import FOR_A_PERSON, UNANSWERED
from bot.slack.views import home_view, topic_reply
from bot.store import Asked, Outcome, Question, Shown
from bot.versions import version_of

log = structlog.get_logger()

# Entries that the owners of the knowledge see beside a question without an answer.
_MOST_NEAREST = 3

# A message of its own; in the place of another message; for one person alone, or in the place of what that person sees.
How: TypeAlias = Literal["post", "update", "respond", "replace"]


@dataclass(frozen=True)
class Link:
    """A reply that leads to a message in the channel of its question.

    Attributes:
        message_ts: That message.
        reply: Made with its permalink; None where Slack gives none.
    """

    message_ts: str
    reply: Callable[[str | None], Reply]


@dataclass(frozen=True)
class Prepared:
    """A reply, how it goes out, and the outcome where it does.

    Attributes:
        in_place_of: The ts of the message that an update changes; None for the one with the button.
        channel_id: Where it is posted, outside threads; None for where the question belongs.
        link: What the reply becomes once a link is known.
        then: What follows once it is out.
        instead: What the one who asked alone is told where Slack refuses; None for the reply itself.
    """

    reply: Reply
    outcome: Outcome
    how: How
    in_place_of: str | None = None
    channel_id: str | None = None
    link: Link | None = None
    then: Prepared | None = None
    instead: Reply | None = None


class SlackService:
    """Questions in, replies out. Logs what became of a question, never its words.

    Args:
        answers: In use now.
        retention_days: How long the words of questions without an answer are kept.
        help_channel: Where those of a workspace are passed on to, by its id; None where nobody is to be asked.
    """

    def __init__(
        self,
        answers: Answers,
        retention_days: int = 0,
        help_channel: Callable[[str], str | None] = lambda team_id: None,
    ) -> None:
        self._answers = answers
        self._retention_days = retention_days
        self._help_channel = help_channel

    def prepare(self, question: Question, before: Shown | None = None) -> Prepared:
        """The reply to a question from the store.

        Args:
            question: By words or by a button; a plain message only where it is for us.
            before: What an answer before it in its conversation showed.
        """
        if question.button is None:
            reply, outcome = self.reply(question.text or "", question, before)
            return Prepared(reply, outcome, "post")
        replaces = question.button["action_id"].startswith(CHOOSE_TOPIC)
        how: How
        if question.button["is_ephemeral"]:
            how = "replace" if replaces else "respond"
        else:
            how = "update" if replaces else "post"
        action_id, value = question.button["action_id"], question.button["value"]
        topic, places = read_value(value)
        is_there = topic in self._answers.current.knowledge.entries
        is_gone = action_id != SHOW_OVERVIEW and not is_there
        if is_gone and how == "post" and question.response_url:
            return self.gone(question)
        # What is shown is what the thread is about from now on.
        shown = [topic] if action_id != SHOW_MORE and is_there else []
        outcome = Outcome("done", topics=shown, places=places if shown else ())
        return Prepared(self._behind(action_id, topic, places, question.id), outcome, how)

    def decline(self, question: Question) -> Prepared:
        """Say that people of other organizations get no answer: to all who see a mention, and to one who clicks."""
        how: How = "respond" if question.response_url else "post"
        return Prepared(Reply(declined_text(), []), Outcome("done", kind="declined"), how)

    def gone(self, question: Question) -> Prepared:
        """Tell the one who pressed a button, and nobody else, that there is no such topic."""
        return Prepared(Reply(gone_text(), []), self.refused(question), "respond")

    def ask_person(self, question: Question, asked: Asked | None) -> Prepared:
        """Pass a question on to the people of the help channel, once, and say so where it was asked.

        Args:
            question: The button.
            asked: The question that it is about; None where there is no record of it without an answer.
        """
        assert question.button is not None
        not_passed_on = Reply(not_passed_on_text(), [])
        help_channel = self._help_channel(question.team_id)
        words, message_ts = (asked.words, asked.message_ts) if asked else (None, None)
        if help_channel is None or (words is None and message_ts is None):
            return Prepared(not_passed_on, self.refused(question), "respond")
        name, is_direct = question.button["by"], question.channel_id.startswith("D")
        how: How = "respond" if question.button["is_ephemeral"] else "post"
        return Prepared(
            help_reply(name, words, None, is_direct=is_direct),
            Outcome("done"),
            "post",
            channel_id=help_channel,
            link=Link(message_ts, partial(help_reply, name, words, is_direct=is_direct)) if message_ts else None,
            then=Prepared(passed_on_reply(help_channel), Outcome("done"), how),
            instead=not_passed_on,
        )

    def share(self, question: Question, shared: Shared | None) -> Prepared:
        """Post what one person was shown for everybody, and take the button away from them.

        Args:
            question: The button.
            shared: What they were shown; None where there is no record of that.
        """
        assert question.button is not None
        answers = self._answers.current
        answer = shared.answer(answers.knowledge) if shared else None
        if answer is None:
            return self.gone(question)
        reply = _rendered(answer, answers, question.id)
        for_all = _rendered(answer, answers, question.id, is_shared=True)
        return Prepared(
            shared_reply(for_all, question.button["by"], shared.words if shared else ""),
            Outcome("done", topics=answer.topics, places=answer.places),
            "post",
            channel_id=question.channel_id,
            then=Prepared(reply, Outcome("done"), "replace"),
            instead=Reply(not_shared_text(), []),
        )

    def is_for_us(self, message: str, before: Shown) -> bool:
        """Whether a message that nobody addressed to the bot asks it something that it is sure of."""
        return self._answer(message, before, addressed=False).kind == "answer"

    def _answer(self, text: str, before: Shown, *, addressed: bool) -> Answer:
        return self._answers.current.answer(
            text, addressed=addressed, thread_topics=before.topics, thread_places=before.places
        )

    def reply(self, text: str, question: Question, before: Shown | None = None) -> tuple[Reply, Outcome]:
        """Answer the words of one question; ``before`` as of `prepare`."""
        answers = self._answers.current
        text, has_files = unmarked(text)
        answer = self._answer(text, before or Shown(), addressed=question.surface != "plain")
        log.info(
            "question",
            question=question.id,
            team=question.team_id,
            channel=question.channel_id,
            ts=question.message_ts,
            surface=question.surface,
            kind=answer.kind,
            reason=answer.reason,
            topics=answer.topics,
            states=answer.states,
            focus=answer.focus,
            confidence=round(answer.confidence, 3),
            milliseconds=answer.micros / 1_000,
        )
        reply = _rendered(answer, answers, question.id)
        outcome = _outcome(answer, text)
        # Direct messages are no channel, and those of others the bot cannot even post in.
        is_in_channel = question.surface == "command" and not question.channel_id.startswith("D")
        if is_in_channel and answer.kind == "answer":
            reply = with_buttons(reply, share_button(Shared.of(answer, question.id, text)))
        if answer.kind == "none" and answer.reason in FOR_A_PERSON:
            reply = self._with_person(reply, question, outcome)
        return introduced(not_read_text(), reply) if has_files else reply, outcome

    def _with_person(self, reply: Reply, question: Question, outcome: Outcome) -> Reply:
        """A reply with the way to a person, where there is one: a button, or else a line."""
        help_channel = self._help_channel(question.team_id)
        # Without a message to lead to and without the words, there would be nothing to pass on.
        keeps_words = outcome.miss is not None and self._retention_days > 0
        if help_channel and question.surface != "home" and (question.message_ts is not None or keeps_words):
            return with_buttons(reply, person_button(question))
        return with_way_to_a_person(reply, help_channel, self._answers.current.knowledge.provider.contact)

    def refused(self, question: Question) -> Outcome:
        """What becomes of a question whose reply Slack does not take.

        The button may be pressed again, or the shortcut chosen for the message.
        """
        if question.button:
            return Outcome("failed", unseen=[button_key(question)])
        is_message = (
            question.surface in ("channel", "dm", "plain", "shortcut", "external") and question.revision is None
        )
        its_key = [message_key(question.channel_id, question.message_ts)] if is_message and question.message_ts else []
        return Outcome("failed", unseen=its_key)

    def overview(self) -> Reply:
        """What the bot covers and how to ask."""
        return overview_reply(self._answers.current.knowledge)

    def why(self, value: str, team_id: str) -> Block | None:
        """Why a reply was as it was, by the value of its menu; None for a value that is not ours.

        Args:
            value: Of the menu.
            team_id: Whose people may be told that something is wrong.
        """
        grounds = Grounds.read(value)
        if grounds is None:
            return None
        return why_view(grounds, self._answers.current.knowledge, self._help_channel(team_id), _today())

    def has_topic(self, entry_id: str) -> bool:
        """Whether the knowledge has an entry."""
        return entry_id in self._answers.current.knowledge.entries

    def expected(self, question_id: str, retention_days: int) -> Block:
        """What asks a person what they expected in the place of a reply."""
        return expected_view(self._answers.current.knowledge, question_id, retention_days)

    def home(self) -> Block:
        """The Home tab, the same for everybody."""
        return home_view(self._answers.current.knowledge, version_of("peo-aso"), self._retention_days)

    def topic(self, value: str) -> Reply:
        """Everything about a topic, by the value of what opens it; a plain sentence where it is gone."""
        knowledge = self._answers.current.knowledge
        topic, places = read_value(value)
        entry = knowledge.entries.get(topic)
        return topic_reply(entry, knowledge, _today(), places) if entry else Reply(gone_text(), [])

    def state(self, code: str) -> Reply:
        """What is known of a state; a plain sentence where that is nothing."""
        answers = self._answers.current
        answer = answers.of_state(code)
        return state_reply(code, answer.entries, answers.knowledge) if answer else Reply(gone_text(), [])

    def states(self, entry_id: str, *, is_view: bool = False) -> Reply:
        """All states of a topic, for a message or a view; a plain sentence where there are none."""
        knowledge = self._answers.current.knowledge
        if entry_id not in knowledge.states:
            return Reply(gone_text(), [])
        return states_reply(knowledge.entries[entry_id], knowledge, is_view=is_view)

    def _behind(self, action_id: str, topic: str, places: Sequence[str], question_id: str) -> Reply:
        """What a button promises; a plain sentence where its topic is gone."""
        answers = self._answers.current
        if action_id == SHOW_OVERVIEW:
            return self.overview()
        if action_id == SHOW_STATES:
            return self.states(topic)
        if action_id == SHOW_MORE:
            entry = answers.knowledge.entries.get(topic)
            return more_reply(entry, answers.knowledge) if entry else Reply(gone_text(), [])
        answer = answers.show(topic, places)
        return _rendered(answer, answers, question_id) if answer else Reply(gone_text(), [])


def _rendered(answer: Answer, answers: AnswerService, question_id: str, *, is_shared: bool = False) -> Reply:
    reply = answer_reply(answer, answers.knowledge, _today(), is_shared=is_shared)
    # A greeting needs no vote.
    is_small_talk = answer.kind == "none" and answer.reason not in UNANSWERED
    return reply if is_small_talk else with_foot(reply, question_id, Grounds.of(answer))


def _today() -> date:
    return datetime.now(UTC).date()


def _outcome(answer: Answer, text: str) -> Outcome:
    is_miss = answer.kind == "none" and answer.reason in UNANSWERED
    nearest = [candidate.entry_id for candidate in answer.match.candidates] if is_miss and answer.match else []
    return Outcome(
        "done",
        kind=answer.kind,
        topics=answer.topics,
        places=answer.places,
        focus=answer.focus,
        confidence=answer.confidence,
        miss=text if is_miss else None,
        nearest=[*dict.fromkeys([*(entry.id for entry in answer.nearest), *nearest])][:_MOST_NEAREST]
        if is_miss
        else [],
    )
