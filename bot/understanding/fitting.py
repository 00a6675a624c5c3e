"""A knowledge base -> everything that matching learns from it, once, by counting."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from bot.understanding.scope import Scope

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

# For how many phrasings a question counts that somebody really asked: phrasings are made up, and there are twenty times
# as many of them. More helps to tell what is ours from what is not, and harms in telling entries apart.
ASKED_COUNTS_FOR_TOPIC = 5.0
ASKED_COUNTS_FOR_SCOPE = 30.0

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
        scope: See ``Scope.state``.
        texts: Class -> its texts as ``comparable`` gives them.
        young: The entries that have far fewer phrasings than others.
    """

    english: Mapping[str, Any]
    trade_words: Sequence[str]
    features: Sequence[str]
    idf: array[float]
    bayes: Mapping[str, Any]
    linear: Mapping[str, Any]
    scope: Mapping[str, Any]
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
        phrasings: Entry id -> the ways in which it is asked for.
        own: Entry id -> its title and what it says.
        questions: What is asked and not ours.
        chatter: What colleagues say to each other.
        asked: Those of the phrasings and questions above that somebody really asked.
        groups: The vocabulary: group id -> its words and misspellings.
        filler: Words that are read over.
        terms: The terms of the glossary.
        named: Entry id -> its names and the frames that they are asked in.
        arrangements: Groups that name a way to outsource HR.
    """

    phrasings: Texts
    own: Texts
    questions: tuple[str, ...]
    chatter: tuple[str, ...]
    asked: tuple[str, ...]
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
            phrasings=tuple(knowledge.phrasings.items()),
            own=tuple((entry.id, _own_texts(entry)) for entry in knowledge.entries.values()),
            questions=knowledge.outside.questions,
            chatter=knowledge.outside.chatter,
            asked=tuple(sorted(knowledge.asked)),
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
        before: What was fitted on an earlier state of it. Its logistic regressions, which take most of the time, are
            then taken over as they are; entries that they do not know count as young.
    """
    return _fit(Lessons.of(knowledge), english_words, before)


class _Said(NamedTuple):
    """A text with its words and its class."""

    text: str
    words: Sequence[str]
    label: str


class _Text(NamedTuple):
    """A text to learn from."""

    reading: Reading
    vector: Vector
    label: str
    is_asked: bool


def _fit(lessons: Lessons, english_words: Sequence[str], before: Fitted | None) -> Fitted:
    said = [_Said(text, words(text), label) for text, label in _phrased(lessons)]
    trade_words = _trade_words(lessons, said, english_words)
    english = English.of(english_words)
    weighting, phrased, own, outside = _texts(lessons, said, make_reader(lessons, trade_words, english))
    resembled = _counted(weighting, ((text.vector, text.label) for text in (*phrased, *own)))
    # Not statistics.median, whose module each start would load for a line that only a fit needs.
    common = sorted(len(texts) for _, texts in lessons.phrasings)[len(lessons.phrasings) // 2]
    young = [entry_id for entry_id, texts in lessons.phrasings if len(texts) < YOUNG_BELOW * common]
    near = [(text, resembled.best(text.vector)) for text in outside]
    near = [(text, entry_id) for text, entry_id in near if entry_id not in young]
    bayes = _counted(
        weighting,
        chain(
            ((text.vector, text.label) for text in (*phrased, *own)),
            ((text.vector, text.label) for text, _ in near),
            ((text.vector, f"{NEAR}{entry_id}") for text, entry_id in near),
        ),
    )
    if before is None:
        linear = _linear(weighting, [text for text in (*phrased, *own) if text.label not in young])
        # What entries say themselves is no question.
        scope = _scope(weighting, [*phrased, *(text for text, _ in near)])
    else:
        linear = Linear(**before.linear).renumbered(before.features, weighting.features)
        scope = Scope(**before.scope).renumbered(before.features, weighting.features)
        young = [entry_id for entry_id, _ in lessons.phrasings if entry_id in young or entry_id not in linear.classes]
    comparables: dict[str, list[str]] = defaultdict(list)
    for text in phrased:
        comparables[text.label].append(comparable(text.reading))
    for text, entry_id in near:
        comparables[f"{NEAR}{entry_id}"].append(comparable(text.reading))
    return Fitted(
        english.state(),
        trade_words,
        weighting.features,
        weighting.idf,
        bayes.state(),
        linear.state(),
        scope.state(),
        comparables,
        young,
    )


def _texts(
    lessons: Lessons, phrased: Sequence[_Said], reader: Reader
) -> tuple[Weighting, list[_Text], list[_Text], list[_Text]]:
    """All texts to learn from: what people ask for, what the entries say themselves, and what is not ours."""
    own = [_Said(text, words(text), entry_id) for entry_id, texts in lessons.own for text in texts]
    said = [*phrased, *own]
    said += [_Said(text, words(text), QUESTIONS) for text in lessons.questions]
    said += [_Said(text, words(text), CHATTER) for text in lessons.chatter]
    readings = [reader.read_words(one.words) for one in said]
    documents = _without_rare_pairs([reading.features for reading in readings])
    weighting = Weighting.fit(documents)
    asked = frozenset(lessons.asked)
    texts = [
        _Text(reading, weighting.weigh(features), one.label, one.text in asked)
        for one, reading, features in zip(said, readings, documents, strict=True)
    ]
    own_start, outside_start = len(phrased), len(phrased) + len(own)
    return weighting, texts[:own_start], texts[own_start:outside_start], texts[outside_start:]


def _phrased(lessons: Lessons) -> Iterator[tuple[str, str]]:
    """The phrasings, then the names in their frames, each with its entry."""
    for entry_id, texts in lessons.phrasings:
        yield from ((text, entry_id) for text in texts)
    for entry_id, named in lessons.named:
        yield from ((text, entry_id) for text in framed(named))


def _counted(weighting: Weighting, documents: Iterable[tuple[Vector, str]]) -> NaiveBayes:
    return NaiveBayes.fit(documents, features=len(weighting.features), smoothing=SMOOTHING)


def _linear(weighting: Weighting, texts: Sequence[_Text]) -> Linear:
    return Linear.fit(
        [(text.vector, text.label) for text in texts],
        counts=[ASKED_COUNTS_FOR_TOPIC if text.is_asked else 1.0 for text in texts],
        features=len(weighting.features),
    )


def _scope(weighting: Weighting, texts: Sequence[_Text]) -> Scope:
    return Scope.fit(
        [text.vector for text in texts],
        ours=[text.label not in (QUESTIONS, CHATTER) for text in texts],
        counts=[ASKED_COUNTS_FOR_SCOPE if text.is_asked else 1.0 for text in texts],
        features=len(weighting.features),
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


def _trade_words(lessons: Lessons, phrased: Iterable[_Said], english_words: Iterable[str]) -> list[str]:
    titles = (words(title) for _, (title, *_) in lessons.own)
    terms = map(words, lessons.terms)
    english = frozenset(english_words)
    seen = Counter(word for one in phrased for word in set(one.words))
    asked = {word for word, count in seen.items() if count >= TRADE_WORD_SEEN_AT_LEAST or word in english}
    return sorted(asked.union(chain.from_iterable(chain(titles, terms))))


def _without_rare_pairs(documents: Sequence[Sequence[str]]) -> list[list[str]]:
    seen = Counter(pair for features in documents for pair in {one for one in features if " " in one})
    frequent = {pair for pair, count in seen.items() if count >= _needed(pair)}
    return [[one for one in features if " " not in one or one in frequent] for features in documents]


def _needed(pair: str) -> int:
    has_grammar = not FUNCTION_WORDS.isdisjoint(pair.split(" "))
    return FORM_SEEN_AT_LEAST if has_grammar else PAIR_SEEN_AT_LEAST
