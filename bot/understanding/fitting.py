"""A knowledge base -> everything that matching learns from it, once, by counting."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from bot.knowledge import Entry, KnowledgeBase, Row, frame_kinds
from bot.text import words
from bot.understanding.bayes import NaiveBayes, Vector, Weighting
from bot.understanding.english import English
from bot.understanding.linear import Linear
from bot.understanding.names import Named, framed
from bot.understanding.reading import FUNCTION_WORDS, Reader, Reading

# Pseudo-count of a feature in an entry that never had it. Leaving one block of phrasings out, 0.05 to 0.2 rank alike;
# entries with five phrasings gain most from 0.2.
SMOOTHING = 0.2

# A word of the phrasings that is no common English one is of the trade when it stands in so many of them; in fewer,
# it is more likely a writer's typing error, to which good words must not be mended.
TRADE_WORD_SEEN_AT_LEAST = 3

# A pair of neighbors that stands in one text only says nothing about others, and most pairs are such.
PAIR_SEEN_AT_LEAST = 2
# One with a word of grammar is found so often by chance that it must be found once more.
FORM_SEEN_AT_LEAST = 3

# A pair repeats what its two words have said already; at half the weight, topics are told apart best.
PAIR_IMPORTANCE = 0.5

# An entry with so small a part of the phrasings that entries commonly have has just been written. What resembles it
# and was not ours before may be ours now.
YOUNG_BELOW = 0.2

# What is not ours, as classes beside the entries. No entry id can hold a star.
QUESTIONS, CHATTER = "*questions", "*chatter"
# Each text that is not ours also belongs to the class of near misses of the entry it resembles most: what is asked
# in the words of one entry differs from it by little, which a single class of everything else would drown.
NEAR = "*near:"


@dataclass(frozen=True)
class Fitted:
    """What was fitted, in plain values that can be written down and read back.

    Attributes:
        english: Common English, see ``English.state``.
        trade_words: Every word of the titles, the phrasings and the glossary's terms.
        features: The names of all features.
        idf: The inverse document frequency of each.
        bayes: See ``NaiveBayes.state``.
        linear: See ``Linear.state``.
        texts: Class -> its texts as ``comparable`` gives them.
        young: The entries that have far fewer phrasings than others.
    """

    english: Mapping[str, Any]
    trade_words: Sequence[str]
    features: Sequence[str]
    idf: array[float]
    bayes: Mapping[str, Any]
    linear: Mapping[str, Any]
    texts: Mapping[str, Sequence[str]]
    young: Sequence[str]

    def state(self) -> dict[str, Any]:
        """The arguments of the constructor, for writing down."""
        return dict(vars(self))


# Names in the order of the knowledge base, each with its texts.
Texts: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


class Lessons(NamedTuple):
    """All that a fit, and a matcher over it, take from a knowledge base; what else changes in it changes neither.

    Attributes:
        asked: Entry id -> the phrasings.
        own: Entry id -> its title and what it says.
        questions: What is asked and not ours.
        chatter: What colleagues say to each other.
        groups: The vocabulary: group id -> its words and misspellings.
        filler: Words that are read over.
        terms: The terms of the glossary.
        named: Entry id -> its names and the frames that they are asked in.
        arrangements: Groups that name a way to outsource HR.
    """

    asked: Texts
    own: Texts
    questions: tuple[str, ...]
    chatter: tuple[str, ...]
    groups: Texts
    filler: tuple[str, ...]
    terms: tuple[str, ...]
    named: tuple[tuple[str, Named], ...]
    arrangements: tuple[str, ...]

    @classmethod
    def of(cls, knowledge: KnowledgeBase) -> Lessons:
        """The lessons of a knowledge base."""
        vocabulary = knowledge.vocabulary
        return cls(
            asked=tuple(knowledge.phrasings.items()),
            own=tuple((entry.id, _own_texts(entry)) for entry in knowledge.entries.values()),
            questions=knowledge.outside.questions,
            chatter=knowledge.outside.chatter,
            groups=tuple((name, (*group.words, *group.misspellings)) for name, group in vocabulary.groups.items()),
            filler=vocabulary.filler,
            terms=tuple(name for term in knowledge.glossary for name in (term.term, *term.also)),
            named=tuple((entry.id, _named(entry, knowledge)) for entry in knowledge.entries.values()),
            arrangements=vocabulary.arrangements,
        )

    def same_but_for_own_words(self, other: Lessons) -> bool:
        """Whether the two differ in nothing but what their entries say themselves."""
        return self._replace(own=()) == other._replace(own=())


def fit(knowledge: KnowledgeBase, english_words: Sequence[str], *, before: Fitted | None = None) -> Fitted:
    """Fit on the phrasings of all entries and on what is not ours; the same input gives the same result.

    Args:
        knowledge: The knowledge base.
        english_words: Common English, most frequent first.
        before: What was fitted on an earlier state of it. Its logistic regression, which takes most of the time, is
            then taken over as it is; entries that it does not know count as young.
    """
    return _fit(Lessons.of(knowledge), english_words, before)


def _fit(lessons: Lessons, english_words: Sequence[str], before: Fitted | None) -> Fitted:
    asked = [(words(text), entry_id) for entry_id, texts in lessons.asked for text in texts]
    asked += [(words(text), entry_id) for entry_id, named in lessons.named for text in framed(named)]
    own = [(words(text), entry_id) for entry_id, texts in lessons.own for text in texts]
    outside = [(words(text), QUESTIONS) for text in lessons.questions]
    outside += [(words(text), CHATTER) for text in lessons.chatter]
    trade_words = _trade_words(lessons, [found for found, _ in asked], english_words)
    english = English.of(english_words)
    reader = make_reader(lessons, trade_words, english)
    readings = [reader.read_words(found) for found, _ in (*asked, *own, *outside)]
    documents = _without_rare_pairs([reading.features for reading in readings])
    weighting = Weighting.fit(documents, _importance)
    vectors = [weighting.weigh(features) for features in documents]
    labels = [label for _, label in (*asked, *own, *outside)]
    ours_end = len(asked) + len(own)

    def fitted_on(pairs: Iterable[tuple[Vector, str]]) -> NaiveBayes:
        return NaiveBayes.fit(pairs, features=len(weighting.features), smoothing=SMOOTHING)

    ours = list(zip(readings, vectors, labels, strict=True))[:ours_end]
    resembled = fitted_on((vector, label) for _, vector, label in ours)
    # Not statistics.median, whose module each start would load for a line that only a fit needs.
    common = sorted(len(texts) for _, texts in lessons.asked)[len(lessons.asked) // 2]
    young = [entry_id for entry_id, texts in lessons.asked if len(texts) < YOUNG_BELOW * common]
    not_ours = [
        (reading, vector, label, f"{NEAR}{entry_id}")
        for reading, vector, label in zip(readings[ours_end:], vectors[ours_end:], labels[ours_end:], strict=True)
        if (entry_id := resembled.best(vector)) not in young
    ]
    everything = fitted_on(
        chain(
            ((vector, label) for _, vector, label in ours),
            ((vector, label) for _, vector, label, _ in not_ours),
            ((vector, near) for _, vector, _, near in not_ours),
        )
    )
    if before is None:
        taught = [(vector, label) for _, vector, label in ours if label not in young]
        taught += [(vector, label) for _, vector, label, _ in not_ours]
        linear = Linear.fit(taught, features=len(weighting.features))
    else:
        linear = Linear(**before.linear).renumbered(before.features, weighting.features)
        known = set(linear.classes)
        young = [entry_id for entry_id, _ in lessons.asked if entry_id in young or entry_id not in known]
    texts: dict[str, list[str]] = defaultdict(list)
    for reading, _, label in ours[: len(asked)]:
        texts[label].append(comparable(reading))
    for reading, _, _, near in not_ours:
        texts[near].append(comparable(reading))
    return Fitted(
        english.state(),
        trade_words,
        weighting.features,
        weighting.idf,
        everything.state(),
        linear.state(),
        texts,
        young,
    )


def _own_texts(entry: Entry) -> tuple[str, ...]:
    """The title, then what an entry says: words that people may ask in before anybody has thought of a phrasing."""
    return (entry.title, entry.aso, entry.peo) if isinstance(entry, Row) else (entry.title, entry.text)


def _named(entry: Entry, knowledge: KnowledgeBase) -> Named:
    titles = (entry.title, *((entry.short,) if entry.short else ()))
    frames = tuple(frame for kind in frame_kinds(entry) for frame in knowledge.frames.get(kind, ()))
    # A title is a label: it may stand alone, while "who handles getting started" is nothing that people ask.
    return Named(tuple(dict.fromkeys((*titles, *entry.names))), frames if entry.names else ())


def make_reader(lessons: Lessons, trade_words: Iterable[str], english: English) -> Reader:
    """A reader with the vocabulary of a knowledge base."""
    return Reader(dict(lessons.groups), lessons.filler, trade_words, english)


def comparable(reading: Reading) -> str:
    """A text for comparing letter by letter: its stems in the order of the alphabet."""
    return " ".join(sorted(reading.stems))


def _trade_words(lessons: Lessons, phrasings: Iterable[Sequence[str]], english_words: Iterable[str]) -> list[str]:
    titles = (words(title) for _, (title, *_) in lessons.own)
    terms = map(words, lessons.terms)
    english = frozenset(english_words)
    seen = Counter(word for found in phrasings for word in set(found))
    asked = {word for word, count in seen.items() if count >= TRADE_WORD_SEEN_AT_LEAST or word in english}
    return sorted(asked.union(chain.from_iterable(chain(titles, terms))))


def _importance(feature: str) -> float:
    return PAIR_IMPORTANCE if " " in feature else 1.0


def _without_rare_pairs(documents: Sequence[Sequence[str]]) -> list[list[str]]:
    seen = Counter(pair for features in documents for pair in {one for one in features if " " in one})
    frequent = {pair for pair, count in seen.items() if count >= _needed(pair)}
    return [[one for one in features if " " not in one or one in frequent] for features in documents]


def _needed(pair: str) -> int:
    has_grammar = not FUNCTION_WORDS.isdisjoint(pair.split(" "))
    return FORM_SEEN_AT_LEAST if has_grammar else PAIR_SEEN_AT_LEAST
