"""What to reply to a question or a button, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import structlog

from bot.answering import Answer
from bot.conversation.buttons import (
    CHOOSE_TOPIC,
    SHOW_MORE,
    SHOW_OVERVIEW,
    SHOW_STATES,
    Button,
    Shared,
    parse_topic_value,
)
from bot.conversation.contents import (
    AllStates,
    AnswerContent,
    Content,
    Details,
    HelpRequest,
    Notice,
    Overview,
    PassedOn,
    SharedAnswer,
    WayToPerson,
)
from bot.conversation.files import unmarked
from bot.conversation.idempotency import button_key, message_key
from bot.live_answers import Answers
from bot.store import Asked, Outcome, Question, Shown

log = structlog.get_logger()

# Entries that the owners of the knowledge see beside an unanswered question.
_MAX_NEAREST = 3
# Reasons of a `none` that the owners should see, and that a person may have to answer.
UNANSWERED = frozenset({"unknown", "partly", "other-language"})
# After these, too, the way to a person is shown.
FOR_A_PERSON = UNANSWERED | {"human", "insult"}
# Questions about a message: if the reply fails, the message may be asked about again.
_MESSAGES = ("channel", "dm", "plain", "shortcut", "external")

# A message of its own; in place of another message; for one person only, or in place of what that person sees.
How: TypeAlias = Literal["post", "update", "respond", "replace"]

HelpChannel: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True)
class Delivery:
    """A reply, how it goes out, and the outcome once it has.

    Attributes:
        in_place_of: The message that an update changes; None for the one with the button.
        channel_id: Where it is posted, outside threads; None for where the question belongs.
        then: What follows once it is out.
        instead: What the asker is told privately if the platform refuses; None for the reply itself.
        link_to: The message whose permalink a `HelpRequest` gets; None for none.
    """

    content: Content
    outcome: Outcome
    how: How
    in_place_of: str | None = None
    channel_id: str | None = None
    then: Delivery | None = None
    instead: Content | None = None
    link_to: str | None = None


class Replies:
    """Questions in, replies out. Logs what became of a question, never its words.

    Args:
        answers: In use now.
        keeps_misses: The words of unanswered questions are kept for some time.
        help_channel: Where the questions of a workspace are passed on to, by its id; None where nobody is to be asked.
    """

    def __init__(
        self, answers: Answers, *, keeps_misses: bool = False, help_channel: HelpChannel = lambda team_id: None
    ) -> None:
        self._answers = answers
        self._keeps_misses = keeps_misses
        self._help_channel = help_channel

    def overheard(self, question: Question, before: Shown) -> Answer | None:
        """The answer to a message that nobody addressed to the bot; None if it is to stay silent.

        Args:
            question: The message.
            before: What an earlier answer in the same conversation showed.
        """
        text, _ = unmarked(question.text or "")
        answer = self._find(text, before, addressed=False)
        return answer if answer.kind == "answer" else None

    def answer(
        self, question: Question, text: str, before: Shown | None = None, overheard: Answer | None = None
    ) -> tuple[AnswerContent, Outcome]:
        """Answer a question in words.

        Args:
            question: Where and by whom it was asked.
            text: What was asked, with the platform's markup.
            before: As for `overheard`.
            overheard: The answer, if it was found already.
        """
        answers = self._answers.current
        text, has_files = unmarked(text)
        answer = overheard or self._find(text, before or Shown(), addressed=True)
        _log_answer(question, answer)
        outcome = _outcome(answer, text)
        # Direct messages are no channel, and the bot cannot post in those between other people.
        is_in_channel = question.surface == "command" and not question.channel_id.startswith("D")
        can_share = is_in_channel and answer.kind == "answer"
        content = AnswerContent(
            answer,
            answers.knowledge,
            question.id,
            has_files=has_files,
            share=Shared.of(answer, question.id, text) if can_share else None,
            person=self._way_to_person(question, answer, outcome),
        )
        return content, outcome

    def _find(self, text: str, before: Shown, *, addressed: bool) -> Answer:
        return self._answers.current.answer(
            text, addressed=addressed, thread_topics=before.topics, thread_places=before.places
        )

    def _way_to_person(self, question: Question, answer: Answer, outcome: Outcome) -> WayToPerson | None:
        if answer.kind != "none" or answer.reason not in FOR_A_PERSON:
            return None
        help_channel = self._help_channel(question.team_id)
        # Without a message to link to and without the words, there would be nothing to pass on.
        keeps_words = outcome.miss is not None and self._keeps_misses
        can_pass_on = question.surface != "home" and (question.message_ts is not None or keeps_words)
        return WayToPerson(help_channel is not None and can_pass_on, help_channel)

    def show(self, question: Question, button: Button) -> Delivery:
        """What a button shows: a topic, its details or its states, or the overview."""
        in_place: How = "replace" if button.is_ephemeral else "update"
        beside: How = "respond" if button.is_ephemeral else "post"
        how = in_place if button.action == CHOOSE_TOPIC else beside
        answers = self._answers.current
        topic, places = parse_topic_value(button.value)
        entry = answers.knowledge.entries.get(topic)
        if button.action == SHOW_OVERVIEW:
            return Delivery(Overview(answers.knowledge), Outcome("done"), how)
        answer = answers.show(topic, places)
        if entry is None or answer is None:
            if how == "post" and question.response_url:
                return self.gone(question)
            return Delivery(Notice.GONE, Outcome("done"), how)
        if button.action == SHOW_MORE:
            return Delivery(Details(entry, answers.knowledge), Outcome("done"), how)
        if button.action == SHOW_STATES:
            has_states = topic in answers.knowledge.states
            content: Content = AllStates(entry, answers.knowledge) if has_states else Notice.GONE
            return Delivery(content, Outcome("done", topics=[topic], places=places), how)
        # What is shown is what the thread is about from now on.
        content = AnswerContent(answer, answers.knowledge, question.id)
        return Delivery(content, Outcome("done", topics=[topic], places=places), how)

    def pass_on(self, question: Question, button: Button, asked: Asked | None) -> Delivery:
        """Pass a question on to the people of the help channel, once, and say so where it was asked.

        Args:
            question: The button.
            button: The same, parsed.
            asked: The question that it is about; None if there is no record that it went unanswered.
        """
        help_channel = self._help_channel(question.team_id)
        words, message_ts = (asked.words, asked.message_ts) if asked else (None, None)
        if help_channel is None or (words is None and message_ts is None):
            return Delivery(Notice.NOT_PASSED_ON, self.failed(question), "respond")
        how: How = "respond" if button.is_ephemeral else "post"
        return Delivery(
            HelpRequest(button.pressed_by, words, is_direct=question.channel_id.startswith("D")),
            Outcome("done"),
            "post",
            channel_id=help_channel,
            link_to=message_ts,
            then=Delivery(PassedOn(help_channel), Outcome("done"), how),
            instead=Notice.NOT_PASSED_ON,
        )

    def share(self, question: Question, button: Button, shared: Shared | None) -> Delivery:
        """Post for everybody what one person was shown, and remove their button.

        Args:
            question: The button.
            button: The same, parsed.
            shared: What they were shown; None if there is no record of that.
        """
        answers = self._answers.current
        answer = shared.answer(answers.knowledge) if shared else None
        if shared is None or answer is None:
            return self.gone(question)
        for_asker = AnswerContent(answer, answers.knowledge, question.id)
        for_all = AnswerContent(answer, answers.knowledge, question.id, is_shared=True)
        return Delivery(
            SharedAnswer(for_all, button.pressed_by, shared.words),
            Outcome("done", topics=answer.topics, places=answer.places),
            "post",
            channel_id=question.channel_id,
            then=Delivery(for_asker, Outcome("done"), "replace"),
            instead=Notice.NOT_SHARED,
        )

    def decline(self, question: Question) -> Delivery:
        """Say that people of other organizations get no answer: to all who see a mention, and to one who clicks."""
        how: How = "respond" if question.response_url else "post"
        return Delivery(Notice.DECLINED, Outcome("done", kind="declined"), how)

    def gone(self, question: Question) -> Delivery:
        """Tell only the person who pressed a button that there is no such topic."""
        return Delivery(Notice.GONE, self.failed(question), "respond")

    def apologize(self, question: Question) -> Delivery:
        """Say that the bot failed."""
        how: How = "respond" if question.response_url else "post"
        return Delivery(Notice.FAILED, self.failed(question), how)

    def failed(self, question: Question) -> Outcome:
        """The outcome of a question whose reply the platform does not take.

        The button may be pressed again, or the shortcut chosen for the message.
        """
        if question.button:
            return Outcome("failed", unseen=[button_key(question)])
        is_message = question.surface in _MESSAGES and question.revision is None and question.message_ts is not None
        return Outcome(
            "failed", unseen=[message_key(question.channel_id, question.message_ts or "")] if is_message else []
        )


def _log_answer(question: Question, answer: Answer) -> None:
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


def _outcome(answer: Answer, text: str) -> Outcome:
    is_miss = answer.kind == "none" and answer.reason in UNANSWERED
    nearest: list[str] = []
    if is_miss:
        ranked = [candidate.entry_id for candidate in answer.match.candidates] if answer.match else []
        nearest = [*dict.fromkeys([*(entry.id for entry in answer.nearest), *ranked])][:_MAX_NEAREST]
    return Outcome(
        "done",
        kind=answer.kind,
        topics=answer.topics,
        places=answer.places,
        focus=answer.focus,
        confidence=answer.confidence,
        miss=text if is_miss else None,
        nearest=nearest,
    )
