"""The use case: a question and where it was asked -> an Answer.

``peo-aso ask`` and Slack both come through here, so that they cannot disagree.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from bot.knowledge import Entry, KnowledgeBase, Model, Term
from bot.room import is_further_question, is_question_to_anyone
from bot.text import stems
from bot.understanding import (
    EVERY_STATE,
    FUNCTION_WORDS,
    Candidate,
    Fitted,
    Gazetteer,
    Match,
    Matcher,
    Places,
    Reading,
    asks_of_other_model,
    defines,
    find_pair,
    itself,
    language_of,
    leans,
    names_no_subject,
    own_content,
    points_back,
    splits,
    stands_alone,
    subject_of,
    turn_evidence,
    wanted,
)

Kind: TypeAlias = Literal["answer", "choices", "none", "silent"]

MOST_CHOICES = 3
# An entry with less of the belief is a chance find, not one that is close.
SHARE_WORTH_OFFERING = 0.15

# A follow-up takes its topic from the thread; so often was that right on the calibration questions.
CARRIED_CONFIDENCE = 0.85
# The same where the follow-up resembles what is not ours, or has more words of its own than follow-ups commonly have:
# too little to break into other people's thread.
DOUBTFUL_CONFIDENCE = 0.58
MOST_OWN_OF_A_FOLLOW_UP = 3
LONGEST_THREAD = 5
# What was asked first in a thread need not have been clear: the next turn only confirms it.
THREAD_CONFIDENCE = 0.1
_OTHER_MODEL = {"peo": "aso", "aso": "peo"}
# A second turn that resembles near misses by so much asks something that we do not know, whatever it leans on.
NOT_OURS_BELOW = -0.5

# What names a topic alone, as "and the 401(k)?" does: words of its own, words in all, belief and weight of its words.
MOST_OWN_ALONE = 4
LONGEST_ALONE = 8
SHARE_ALONE = 0.6
COVERED_ALONE = 0.5

# A question is understood without its places. Where that gives an entry that has nothing on states, it must be as sure.
SURE_WITHOUT_PLACE = 0.85
# Where it gives another entry than the question as it is, it may be less sure by so much.
MOST_BEHIND = 0.1

# Topics of a question that lists them by name.
MOST_LISTED = 3
# A question that names an entry or an acronym and says nothing else; what remains is another meaning of the name.
NAMED_CONFIDENCE = 0.97
# Words in a question that says no more than a name: "what is a PEO, in plain English".
LONGEST_NAMING = 8
_DEFINE = "define"
_ASKING_GROUPS = frozenset({_DEFINE, "explain"})

# Which way of deciding gave the answer, for explaining it.
How: TypeAlias = Literal["ranking", "phrasing", "name", "term", "thread", "alone", "pair", "plain", "place"]

# Why an addressed message ends in `none`: nothing was asked, or nothing that we know.
# "partly": the topic is ours, and what is asked about it is not in the entry.
Reason: TypeAlias = Literal[
    "greeting", "thanks", "help", "ok", "bye", "insult", "human", "bot", "empty", "unknown", "partly", "other-language"
]


@dataclass(frozen=True)
class Thresholds:
    """Where an answer begins: probabilities, 0 to 1, on the scale of ``Answer.confidence``.

    Chosen on the calibration questions (``tests/questions/fit``).

    Attributes:
        answer: From here on the best entry is shown as the answer.
        choices: Below ``answer``, the likeliest three entries are offered where it is this likely that one of them
            is what was asked.
        near: Below ``choices``, an entry is named as close where it is this likely that one of the three is meant.
        pair: From here on two topics are shown, by the probability that both were asked for.
        third: From here on a half of such a question is taken for two again.
        plain: From here on an unaddressed channel message is answered.
        thread: From here on an unaddressed message in a thread where the bot has answered is answered.
    """

    answer: float = 0.66
    choices: float = 0.32
    near: float = 0.2
    pair: float = 0.6
    third: float = 0.8
    plain: float = 0.93
    thread: float = 0.6


@dataclass(frozen=True)
class Answer:
    """What the asker gets.

    Attributes:
        kind: ``answer``; ``choices``: entries to pick from; ``none``: says that it does not know; ``silent``: no reply.
        entries: The entries shown or offered, best first; empty for ``none`` and ``silent``.
        focus: The one model that was asked about, if one was.
        confidence: Of the answers given at 0.8, eight in ten are right; 0 where nothing was matched.
        micros: Time for matching and deciding, in microseconds.
        reason: Why ``none``; None for every other kind.
        term: The acronym that was asked for; ``entries`` then holds the entry to read on.
        match: What matching found, for explaining; None where there was nothing to match.
        how: Which way of deciding gave the answer.
        nearest: With ``none``, entries that are close to what was asked and worth offering, best first.
        places: What the question names or points to: postal codes, names of what is not covered, or ``EVERY_STATE``.
        states: The postal codes among them for which a line is shown.
    """

    kind: Kind
    entries: tuple[Entry, ...] = ()
    focus: Model | None = None
    confidence: float = 0.0
    micros: int = 0
    reason: Reason | None = None
    term: Term | None = None
    match: Match | None = None
    how: How = "ranking"
    nearest: tuple[Entry, ...] = ()
    places: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the entries, best first."""
        return tuple(entry.id for entry in self.entries)


class _Turn(NamedTuple):
    """Where a question was asked: the arguments of `AnswerService.answer`."""

    addressed: bool = True
    thread: Sequence[str] = ()
    topics: Sequence[str] = ()
    places: Sequence[str] = ()


class AnswerService:
    """Answers questions from one knowledge base; immutable, so safe to share between tasks."""

    def __init__(self, knowledge: KnowledgeBase, fitted: Fitted, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.matcher = Matcher(knowledge, fitted)
        self._speak_from(knowledge)

    def _speak_from(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._small_talk = _SmallTalk(knowledge)
        self._glossary = _Glossary(knowledge)
        self._gazetteer = Gazetteer(knowledge.places, self.matcher.english.has)

    def speaking_from(self, knowledge: KnowledgeBase) -> AnswerService:
        """The same understanding with the words of another knowledge base.

        Args:
            knowledge: Differs from the present one in nothing but own words (``Lessons.same_but_for_own_words``).
        """
        other = copy(self)
        other._speak_from(knowledge)
        return other

    def answer(
        self,
        question: str,
        *,
        addressed: bool = True,
        thread: Sequence[str] = (),
        thread_topics: Sequence[str] = (),
        thread_places: Sequence[str] = (),
    ) -> Answer:
        """Answer one question.

        Args:
            question: What the person typed, Slack markup and all; any text of any length.
            addressed: Whether it was meant for the bot (mention, command, DM). An ordinary channel message
                never gets choices or ``none``.
            thread: What was asked before in this thread, oldest first.
            thread_topics: In its place, where the words are gone: the entries that the last answer showed, best first.
            thread_places: The places of that answer.
        """
        started = time.perf_counter_ns()
        answer = self._in_place(question, _Turn(addressed, thread, thread_topics, thread_places))
        micros = (time.perf_counter_ns() - started) // 1_000
        return replace(answer, micros=micros)

    def show(self, entry_id: str, places: Sequence[str] = ()) -> Answer | None:
        """The entry that a button asks for, at some places; None where it is no longer in the knowledge base."""
        entry = self.knowledge.entries.get(entry_id)
        return self._at(Answer("answer", (entry,), confidence=1.0), places) if entry else None

    def of_state(self, code: str) -> Answer | None:
        """What is known of a state, whatever the subject; None for a code that is no state's."""
        entries = tuple(entry for entry in self.knowledge.entries.values() if entry.id in self.knowledge.states)
        if code not in self.knowledge.places.states or not entries:
            return None
        return self._at(Answer("answer", entries, confidence=1.0, how="place"), (code,))

    # Places

    def _in_place(self, question: str, turn: _Turn) -> Answer:
        """Decide what is asked, and then what of it holds at the places that the question names."""
        places = self._gazetteer.read(question)
        question = places.in_lower_case(question)
        if places.is_bare and places.named:
            bare = self._bare(question, places, turn)
            if bare is not None:
                return bare
        before = () if places.named else turn.places or self._places_of(turn.thread)
        answer = self._wherever(question, places, turn, before)
        if answer.kind not in ("answer", "choices"):
            return answer
        leans_on_them = places.points or (answer.how == "thread" and answer.focus != "aso")
        carried = [place for place in before if place != EVERY_STATE] if leans_on_them else []
        return self._at(answer, places.named or carried)

    def _wherever(self, question: str, places: Places, turn: _Turn, before: Sequence[str]) -> Answer:
        """Decide what is asked, wherever that is."""
        as_it_is = self._decide(question, turn.addressed, turn.thread, turn.topics)
        if not (places.states or places.elsewhere or (places.points and before)):
            return self._subject_of(as_it_is, is_list=True) if places.asks_for_all else as_it_is
        if not (turn.addressed or (is_further_question if turn.topics else is_question_to_anyone)(question)):
            # What is left would not show that it is said to somebody.
            return as_it_is
        without = self._decide(places.rest, turn.addressed, turn.thread, turn.topics)
        if places.states:
            without = self._subject_of(without, is_list=False)
        if self._has_lines(without):
            is_as_sure = without.confidence >= as_it_is.confidence - MOST_BEHIND
            return without if as_it_is.kind != "answer" or self._has_lines(as_it_is) or is_as_sure else as_it_is
        is_found = without.kind == "answer" and without.confidence >= SURE_WITHOUT_PLACE
        return without if as_it_is.kind != "answer" and is_found and not places.elsewhere else as_it_is

    def _has_lines(self, answer: Answer) -> bool:
        """Whether an answer shows an entry of which something is known state by state."""
        return answer.kind == "answer" and not self.knowledge.states.keys().isdisjoint(answer.topics)

    def _subject_of(self, answer: Answer, *, is_list: bool) -> Answer:
        """An answer, or in its place the near entry of which what is asked is known state by state."""
        if answer.kind != "answer" or len(answer.entries) != 1 or answer.match is None:
            return answer
        near = {candidate.entry_id for candidate in answer.match.candidates[:MOST_CHOICES]}
        for subject, facts in self.knowledge.states.items():
            others = facts.instead_of.in_a_list if is_list else facts.instead_of.with_a_state
            if answer.topics[0] in others and (is_list or subject in near):
                return replace(answer, entries=(self.knowledge.entries[subject],))
        return answer

    def _bare(self, question: str, places: Places, turn: _Turn) -> Answer | None:
        """A turn that says nothing but a place: the topics of the thread there, or without a thread all of a state."""
        match = self.matcher.match(question)
        topics = [topic for topic in turn.topics or self.topics_of(turn.thread) if topic in self.knowledge.entries]
        with_lines = [topic for topic in topics if topic in self.knowledge.states]
        if with_lines or (topics and places.states):
            entries = tuple(self.knowledge.entries[topic] for topic in with_lines or topics[:1])
            answer = self._at(
                Answer("answer", entries, None, CARRIED_CONFIDENCE, match=match, how="thread"), places.named
            )
            return answer if turn.addressed else self._further(question, answer)
        found = self.of_state(places.states[0]) if len(places.states) == 1 and turn.addressed else None
        return replace(found, confidence=NAMED_CONFIDENCE, match=match) if found else None

    def _at(self, answer: Answer, places: Sequence[str]) -> Answer:
        """An answer at some places."""
        facts = [self.knowledge.states[topic] for topic in answer.topics if topic in self.knowledge.states]
        shown = tuple(place for place in places if any(place in one.shown for one in facts))
        return replace(answer, places=tuple(places), states=shown if answer.kind == "answer" else ())

    def _places_of(self, thread: Sequence[str]) -> tuple[str, ...]:
        """The places that were named last in a thread."""
        named = (self._gazetteer.read(question).named for question in reversed(thread[-LONGEST_THREAD:]))
        return next((places for places in named if places), ())

    # Deciding

    def _decide(
        self, question: str, addressed: bool, thread: Sequence[str], thread_topics: Sequence[str] = ()
    ) -> Answer:
        reason = self._small_talk.reason(question)
        if reason is not None:
            return Answer("none", reason=reason) if addressed else Answer("silent")
        if language_of(question) != "en":
            return Answer("none", reason="other-language") if addressed else Answer("silent")
        asked = wanted(question)
        match = self.matcher.match(asked)
        if asked != question and match is not None and not (own_content(match.reading) or self._names(match.reading)):
            # What is left says nothing of its own ("who does that?"), so what came before was not set aside.
            asked, match = question, self.matcher.match(question)
        if match is None:
            return Answer("none", reason="empty") if addressed else Answer("silent")
        in_thread = bool(thread or thread_topics)
        if not in_thread and names_no_subject(match.reading):
            return Answer("none", reason="unknown", match=match) if addressed else Answer("silent", match=match)
        # Of a thread that is given by its words nobody says that the bot has answered in it.
        if not (addressed or thread_topics):
            return self._plain(question, match)
        answer = self._decide_matched(question, asked, match, thread, thread_topics)
        return answer if addressed else self._further(question, answer)

    def _decide_matched(
        self, question: str, asked: str, match: Match, thread: Sequence[str], thread_topics: Sequence[str]
    ) -> Answer:
        """Decide about a question for the bot.

        Args:
            question: As it was typed.
            asked: Without what it sets aside.
            match: Of ``asked``.
            thread: As of `answer`.
            thread_topics: As of `answer`.
        """
        in_thread = bool(thread or thread_topics)
        named_entry = self.matcher.entry_named(match.reading)
        behind_setting = itself(asked) if named_entry is None else None
        if behind_setting is not None:
            named_entry = self.matcher.entry_named(self.matcher.read(behind_setting))
        term = self._glossary.term_asked_for(match.reading)
        if term is not None and (named_entry is None or _DEFINE in match.reading.groups):
            entries = (self.knowledge.entries[term.see],)
            return Answer("answer", entries, match.reading.focus, NAMED_CONFIDENCE, term=term, match=match, how="term")
        # "what is a PEO" asks the same wherever it is asked; "PEO?" in a thread asks for the other side.
        if match.phrasing_of is not None and not in_thread and self._takes_names:
            entries = (self.knowledge.entries[match.phrasing_of],)
            return Answer("answer", entries, match.reading.focus, NAMED_CONFIDENCE, match=match, how="phrasing")
        if named_entry is not None and self._takes_names and not (in_thread and named_entry in _OTHER_MODEL):
            entries = (self.knowledge.entries[named_entry],)
            return Answer("answer", entries, match.reading.focus, NAMED_CONFIDENCE, match=match, how="name")
        says_only_names = defines(match.reading) or not own_content(match.reading)
        named = self._named(match) if asked == question or says_only_names else None
        if named is not None and (not in_thread or defines(match.reading)):
            return named
        carried = self._carried_over(match, thread, thread_topics) if in_thread else None
        if carried is not None:
            return carried
        if asked != question:
            # Whoever sets something aside says the rest on purpose, however short it is.
            return self._named_alone(match) or self._by_confidence(match)
        return self._pair(asked, match) or self._by_confidence(match)

    @property
    def _takes_names(self) -> bool:
        """Whether a question that is a listed phrasing, or a name in a frame, is sure enough to be answered."""
        return self.thresholds.answer <= NAMED_CONFIDENCE

    def _named(self, match: Match) -> Answer | None:
        """A question that says nothing but the name of an entry: "define ASO", "co-employment?"."""
        names = self._names(match.reading)
        says_more = match.reading.loose or set(match.reading.groups) - names - _ASKING_GROUPS
        if len(names) != 1 or says_more or len(match.reading.stems) > LONGEST_NAMING:
            return None
        entry = self.knowledge.entries[names.pop()]
        return Answer("answer", (entry,), match.reading.focus, NAMED_CONFIDENCE, match=match, how="name")

    def _names(self, reading: Reading) -> set[str]:
        """The entries that a question names by the group of their id."""
        return {group for group in reading.groups if group in self.knowledge.entries}

    def _by_confidence(self, match: Match) -> Answer:
        focus, confidence = match.reading.focus, match.confidence
        if confidence >= self.thresholds.answer:
            return Answer("answer", self._entries(match.best), focus, confidence, match=match)
        if match.confidence_of_three >= self.thresholds.choices and len(match.candidates) > 1:
            return Answer("choices", self._entries(*match.candidates[:MOST_CHOICES]), focus, confidence, match=match)
        if match.confidence_of_three < self.thresholds.near:
            return Answer("none", (), focus, confidence, reason="unknown", match=match)
        close = [candidate for candidate in match.candidates[:MOST_CHOICES] if candidate.share >= SHARE_WORTH_OFFERING]
        nearest = self._entries(*close)
        return Answer("none", (), focus, confidence, reason="partly", match=match, nearest=nearest)

    def _plain(self, question: str, match: Match) -> Answer:
        """An ordinary channel message: answered only when it clearly is a question for the bot, else silence."""
        says_enough = match.evidence.named or match.phrasing_of is not None or len(subject_of(match.reading)) > 1
        is_for_bot = says_enough and match.confidence >= self.thresholds.plain and is_question_to_anyone(question)
        if not is_for_bot:
            return Answer("silent", focus=match.reading.focus, confidence=match.confidence, match=match, how="plain")
        return Answer(
            "answer", self._entries(match.best), match.reading.focus, match.confidence, match=match, how="plain"
        )

    def _further(self, question: str, in_turn: Answer) -> Answer:
        """A message in a thread where the bot has answered: answered as in its turn where it asks on, else silence."""
        is_for_bot = in_turn.kind == "answer" and in_turn.confidence >= self.thresholds.thread
        if is_for_bot and is_further_question(question):
            return in_turn
        return replace(in_turn, kind="silent", entries=(), reason=None, term=None)

    def _pair(self, question: str, match: Match) -> Answer | None:
        """Two or three rows, where the question clearly asks for so many topics."""
        topics, probability = self._topics_of(question, match)
        if len(topics) == 1:
            return None
        entries = tuple(self.knowledge.entries[topic] for topic in topics)
        return Answer("answer", entries, match.reading.focus, probability, match=match, how="pair")

    def _topics_of(self, question: str, match: Match) -> tuple[tuple[str, ...], float]:
        """The topics that a question asks for, in its order, and the probability that it asks for just these."""
        listed = self._listed(question) if self._takes_names else ()
        if 1 < len(listed) <= MOST_LISTED:
            return listed, NAMED_CONFIDENCE
        pair = find_pair(question, match, self.matcher)
        if pair is None or pair.probability < self.thresholds.pair:
            return (match.best.entry_id,), match.confidence
        for place, (half, ranking) in enumerate(zip(pair.halves, pair.rankings, strict=True)):
            inner = find_pair(half, self.matcher.judge(ranking), self.matcher)
            if inner is not None and inner.probability >= self.thresholds.third:
                whole = pair.topics[:place] + inner.topics + pair.topics[place + 1 :]
                return tuple(dict.fromkeys(whole)), min(pair.probability, inner.probability)
        return pair.topics, pair.probability

    def _listed(self, text: str, halvings: int = MOST_LISTED - 1) -> tuple[str, ...]:
        """The entries that a list names and nothing else: "who handles payroll taxes, safety and COBRA?"; else none."""
        reading = self.matcher.read(text)
        named = self.matcher.entry_named(reading)
        if named is not None:
            # "who handles claims, PEO or ASO?" lists whom to choose from, not a second topic.
            return (named,) if own_content(reading) else ()
        for first, second in splits(text) if halvings else ():
            head, tail = self._listed(first, 0), self._listed(second, halvings - 1)
            if head and tail:
                return tuple(dict.fromkeys(head + tail))
        return ()

    def _carried_over(self, match: Match, thread: Sequence[str], thread_topics: Sequence[str]) -> Answer | None:
        """The topic of the thread, where the question makes sense only with it; None where it stands on its own."""
        topic = next(iter(thread_topics or self.topics_of(thread)), None)
        is_near_miss = match.evidence.clear < NOT_OURS_BELOW
        if topic is None:
            return self._named_alone(match)
        if asks_of_other_model(match.reading):
            topic, is_near_miss = _OTHER_MODEL.get(topic, topic), False
        elif stands_alone(turn_evidence(match, topic)):
            return self._named_alone(match)
        elif not leans(match.reading, is_near_miss=is_near_miss):
            return None
        if topic not in self.knowledge.entries:
            # Of what is gone there is no other side; whatever else was asked is looked for by its own words.
            is_switch = asks_of_other_model(match.reading)
            return Answer("none", focus=match.reading.focus, reason="unknown", match=match) if is_switch else None
        if match.reading.unknown and not points_back(match.reading):
            return None
        if not self.matcher.says_any(topic, own_content(match.reading)):
            # "and for a restaurant?" leans on the topic and asks what its entry does not say.
            nearest = (self.knowledge.entries[topic],)
            return Answer("none", focus=match.reading.focus, reason="partly", match=match, nearest=nearest)
        own = len(own_content(match.reading))
        is_doubtful = own > MOST_OWN_OF_A_FOLLOW_UP or (own > 0 and is_near_miss)
        confidence = DOUBTFUL_CONFIDENCE if is_doubtful else CARRIED_CONFIDENCE
        entries = (self.knowledge.entries[topic],)
        return Answer("answer", entries, match.reading.focus, confidence, match=match, how="thread")

    def _named_alone(self, match: Match) -> Answer | None:
        """A short one, clear by what it follows on: "and COBRA?" in a thread, "not the fee, I mean COBRA"."""
        if not _names_topic_alone(match):
            return None
        confidence = max(match.confidence, match.best.share * CARRIED_CONFIDENCE)
        return Answer("answer", self._entries(match.best), match.reading.focus, confidence, match=match, how="alone")

    def topics_of(self, thread: Sequence[str]) -> tuple[str, ...]:
        """The topics that the thread is at, best first: those of the latest question in it that had an answer."""
        for end in range(len(thread), max(0, len(thread) - LONGEST_THREAD), -1):
            answer = self._in_place(thread[end - 1], _Turn(thread=thread[max(0, end - 2) : end - 1]))
            if answer.entries:
                return answer.topics if answer.kind == "answer" else answer.topics[:1]
            if answer.match is not None and answer.confidence >= THREAD_CONFIDENCE:
                return (answer.match.best.entry_id,)
        return ()

    def _entries(self, *candidates: Candidate) -> tuple[Entry, ...]:
        return tuple(self.knowledge.entries[candidate.entry_id] for candidate in candidates)


def _names_topic_alone(match: Match) -> bool:
    """A few words that clearly belong to one entry."""
    is_short = 0 < len(own_content(match.reading)) <= MOST_OWN_ALONE and len(match.reading.stems) <= LONGEST_ALONE
    is_clear = match.best.share >= SHARE_ALONE and match.evidence.covered >= COVERED_ALONE
    return is_short and is_clear and match.evidence.ours > 0


class _Glossary:
    """Finds the acronym in "what does FUTA stand for"."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._terms = {stems(name): term for term in knowledge.glossary for name in (term.term, *term.also)}
        define = knowledge.vocabulary.groups.get(_DEFINE)
        self._asking = _stems_of(define.words if define else ()) | FUNCTION_WORDS

    def term_asked_for(self, reading: Reading) -> Term | None:
        """The term whose meaning is asked for, and nothing else; None for any other question."""
        if _DEFINE not in reading.groups and "what-is" not in reading.asked:
            return None
        return self._terms.get(tuple(stem for stem in reading.stems if stem not in self._asking))


class _SmallTalk:
    """Messages that ask nothing about a topic: a greeting, a thank-you, a call for help."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        vocabulary = knowledge.vocabulary
        self._help = _phrases(vocabulary.help)
        self._thanks = _phrases(vocabulary.thanks)
        self._greetings = _phrases(vocabulary.greetings)
        whole: Mapping[Reason, Sequence[str]] = {
            "ok": vocabulary.acknowledgments,
            "bye": vocabulary.goodbyes,
            "insult": vocabulary.insults,
            "human": vocabulary.asks_for_a_person,
            "bot": vocabulary.asks_about_the_bot,
        }
        self._whole = {said: reason for reason, texts in whole.items() for said in _phrases(texts)}
        spoken = (vocabulary.thanks, vocabulary.greetings, vocabulary.filler)
        self._says_no_more = FUNCTION_WORDS.union(*map(_stems_of, spoken))
        self._greeting_words = _stems_of(vocabulary.greetings)
        phrases = (*self._thanks, *self._greetings)
        self._longest = max(map(len, phrases), default=0)

    def reason(self, question: str) -> Reason | None:
        """What kind of small talk a message is; None where it says more."""
        said = stems(question)
        if not said:
            return "empty"
        if said in self._help or tuple(one for one in said if one not in self._greeting_words) in self._help:
            return "help"
        if said in self._whole:
            return self._whole[said]
        if any(one not in self._says_no_more for one in said):
            return None
        if self._holds_any(said, self._thanks):
            return "thanks"
        return "greeting" if self._holds_any(said, self._greetings) else None

    def _holds_any(self, said: tuple[str, ...], phrases: Set[tuple[str, ...]]) -> bool:
        """Whether a phrase stands in what was said, word for word: "how much" is no "thanks so much"."""
        ends = range(1, self._longest + 1)
        return any(said[start : start + length] in phrases for start in range(len(said)) for length in ends)


def _phrases(texts: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(map(stems, texts))


def _stems_of(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(stem for phrase in phrases for stem in stems(phrase))
