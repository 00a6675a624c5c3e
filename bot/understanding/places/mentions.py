"""Finds the places that a text names. Pure.

A postal code that is also a word, a city that is also a first name, and a short form that is also a word count only
where a place would stand: behind "in", before "employees", in a list with another place, or at the head of a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.places import PlacesFile
from bot.text import MAX_WORDS, words
from bot.understanding.spelling import TWO_ERRORS_FROM_LENGTH

# Nobody names more places; a text of more is pasted.
MOST_PLACES = 40
# Characters that are looked at on either side of what may be a place.
_SEEN = 60
# Shorter names have too many neighbors to be read in a misspelt word.
_LEAST_MENDED = 5
# A question of so few words is one that leans on what was said before: "and in OR?"
_SHORT = 5
# What stands between the places of a list.
BETWEEN = re.compile(r"\s*(?:,\s*(?:and|or)\b|,|/|&|\+|\band\b|\bor\b|\bplus\b|\bvs\.?|\bversus\b)\s*", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+")
# What may stand between the words of a name: "Washington, D.C.", "Georgia (the country)", "Hawai'i".
_GAP = re.compile(r"[.,]{0,2}\s+\(?|\.|'")
# Behind a postal code: no more of a word, but "TX-based".
_ALONE = re.compile(r"(?!\w|'\w|-(?!based\b))")
# A town that is not known, before a postal code.
_TOWN = re.compile(r"\b(?:in|at|from|of|near|our) [A-Z]\w+(?: [A-Z]\w+)?,? $")
# Behind these, a postal code that is a word is a state.
_WHERE = ("in", "within", "across")


class _Name(NamedTuple):
    """A name of a place.

    Attributes:
        name: As `places.yaml` has it.
        places: Postal codes, or the name of what is not covered.
        is_state: Whether it names a state itself, rather than a city or what is not covered.
        is_doubtful: Whether it counts only where a place would stand.
    """

    name: str
    places: tuple[str, ...]
    is_state: bool
    is_doubtful: bool

    def is_written(self, text: str, tokens: Sequence[re.Match[str]]) -> bool:
        """Whether what stands between the words of a text, and behind them, is as in the name."""
        # "N.C." needs its dots; without them it is a postal code.
        for own, gap in zip(_gaps(self.name, list(_TOKEN.finditer(self.name))), _gaps(text, tokens), strict=True):
            if not _GAP.fullmatch(gap) or (own == "." and not gap.startswith(".")):
                return False
        return not _is_short_form(self.name) or text[tokens[-1].end() :].startswith(".")


class Mention(NamedTuple):
    """A place in a text.

    Attributes:
        start: Its first character.
        end: The one behind its last.
        names: Postal codes, or the name of what is not covered.
        is_state: Whether it names a state itself, rather than a city or what is not covered.
    """

    start: int
    end: int
    names: tuple[str, ...]
    is_state: bool


class Finder:
    """Finds places by their names.

    Args:
        file: How people name a place.
        is_word: Whether a lower-case word is one of English, which is then no misspelt state.
    """

    def __init__(self, file: PlacesFile, is_word: Callable[[str], bool]) -> None:
        self._is_word = is_word
        self._codes = frozenset(file.states)
        self._word_codes = frozenset(file.word_codes)
        self._doubtful_codes = frozenset((*file.word_codes, *file.doubtful_codes))
        self._in_capitals = frozenset((*file.word_codes, *file.capital_codes))
        self._before = frozenset(file.before)
        self._behind = frozenset(file.behind)
        doubtful = frozenset(map(_key, file.doubtful_names))
        self._names: dict[tuple[str, ...], _Name] = {}
        for name, places, is_state in _names_of(file):
            key = _key(name)
            self._names.setdefault(key, _Name(name, places, is_state, key in doubtful or _is_short_form(name)))
        self._longest = max(map(len, self._names), default=0)
        spelled = (_key(name) for state in file.states.values() for name in (state.name, *state.cities))
        self._mended = {
            " ".join(key): key
            for key in spelled
            if len(" ".join(key)) >= _LEAST_MENDED and not self._names[key].is_doubtful
        }

    def find(self, text: str) -> list[Mention]:
        """The places of a text, in its order; a city right before its state is one with it."""
        sure: list[Mention] = []
        doubtful: list[Mention] = []
        tokens = list(_TOKEN.finditer(text))
        place = 0
        while place < len(tokens) and len(sure) + len(doubtful) < MOST_PLACES:
            length, name = self._name_at(text, tokens, place)
            if name is not None:
                found = Mention(tokens[place].start(), tokens[place + length - 1].end(), name.places, name.is_state)
                (doubtful if name.is_doubtful else sure).append(found)
            elif code := self._code_at(text, tokens[place]):
                (sure if self._is_sure(text, tokens[place]) else doubtful).append(code)
            place += max(1, length)
        sure += self._misspelt(text, tokens, [*sure, *doubtful])
        # A doubtful one beside one that has just been taken is taken, too.
        is_new = True
        while is_new:
            taken = [one for one in doubtful if self._is_place(text, one, sure)]
            is_new = bool(taken)
            sure += taken
            doubtful = [one for one in doubtful if one not in taken]
        return _of_one_place(text, sorted(sure))

    def _name_at(self, text: str, tokens: Sequence[re.Match[str]], place: int) -> tuple[int, _Name | None]:
        """The longest name that begins with a token, and of how many it is: "West Virginia" is not Virginia."""
        if _before(text, tokens[place]) in ("'", "-"):
            return 0, None
        for length in range(min(self._longest, len(tokens) - place), 0, -1):
            found = tokens[place : place + length]
            name = self._names.get(tuple(token.group().lower() for token in found))
            if name is not None and name.is_written(text, found):
                return length, name
        return 0, None

    def _code_at(self, text: str, token: re.Match[str]) -> Mention | None:
        """The state whose postal code a token is, where its letters are large enough."""
        typed, code = token.group(), token.group().upper()
        if code not in self._codes or not _ALONE.match(text, token.end()) or _before(text, token) in ("'", ".", "-"):
            return None
        is_large = typed.isupper() and not self._is_shouted(text)
        return Mention(*token.span(), (code,), True) if is_large or code not in self._in_capitals else None

    def _is_sure(self, text: str, token: re.Match[str]) -> bool:
        """Whether a postal code is a state wherever it stands."""
        typed = token.group()
        return typed.isupper() and not self._is_shouted(text) and typed not in self._doubtful_codes

    @staticmethod
    def _is_shouted(text: str) -> bool:
        """Whether all of a text is in capitals, so that they mean nothing; "NJ, NY & PA" is not."""
        return text.isupper() and any(len(token.group()) > len("TX") for token in _TOKEN.finditer(text))

    def _is_place(self, text: str, mention: Mention, sure: Sequence[Mention]) -> bool:
        """Whether a place would stand where something doubtful stands."""
        is_word = text[mention.start : mention.end].upper() in self._word_codes
        around = _Around.of(text, mention)
        return (
            around.next in self._behind
            or self._follows_preposition(around, is_word=is_word)
            or around.heads_question(is_word=is_word)
            or _is_in_town(text, mention, around, sure, is_word=is_word)
            or any(_are_listed(text, mention, one, is_word=is_word) for one in sure)
        )

    def _follows_preposition(self, around: _Around, *, is_word: bool) -> bool:
        """Whether it follows a word such as "in", or ends a text of a few words, such as "and in OR?"."""
        if around.last in self._before and around.is_spaced:
            # "For ME" and "to HI": words of that kind stand behind most prepositions.
            return not is_word or around.last in _WHERE or around.ends_short
        return around.ends_short and (around.last in ("and", "or") or (not is_word and not around.last))

    def _misspelt(self, text: str, tokens: Sequence[re.Match[str]], found: Sequence[Mention]) -> list[Mention]:
        """Names with a typing error or two, or without the blank in them: "new jersy", "northcarolina"."""
        free = [token for token in tokens[:MAX_WORDS] if not any(one.start <= token.start() < one.end for one in found)]
        mended: list[Mention] = []
        for place, token in enumerate(free):
            if len(token.group()) < _LEAST_MENDED - 1 or self._is_word(token.group().lower()):
                continue
            # With the word before it, with the one behind it, and alone.
            for first, last in ((place - 1, place), (place, place + 1), (place, place)):
                if first < 0 or last >= len(free) or free[last].start() - free[first].end() > 1:
                    continue
                start, end = free[first].start(), free[last].end()
                key = self._nearest(text[start:end].lower())
                if key is not None and not any(one.end > start for one in mended):
                    mended.append(Mention(start, end, self._names[key].places, self._names[key].is_state))
                    break
        return mended

    def _nearest(self, typed: str) -> tuple[str, ...] | None:
        most = 2 if len(typed) >= TWO_ERRORS_FROM_LENGTH else 1
        near = [name for name in self._mended if name[0] == typed[0] and abs(len(name) - len(typed)) <= most]
        best = process.extractOne(typed, near, scorer=OSA.distance, score_cutoff=most)
        if best is not None:
            return self._mended[best[0]]
        return next((key for key in self._mended.values() if "".join(key) == typed), None)


def _names_of(file: PlacesFile) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Every name, its places, and whether it names a state itself."""
    for code, state in file.states.items():
        for name in (state.name, *state.also, *state.people, *(f"{one}s" for one in state.people)):
            yield name, (code,), True
        for name in state.cities:
            yield name, (code,), False
    for region in file.regions:
        for name in (region.name, *region.also):
            yield name, region.states, True
    for shown, others in file.elsewhere.items():
        for name in (shown, *others):
            yield name, (shown,), False


def _key(name: str) -> tuple[str, ...]:
    return tuple(token.group().lower() for token in _TOKEN.finditer(name))


def _before(text: str, token: re.Match[str]) -> str:
    """The character before a word; empty for the first."""
    return text[max(0, token.start() - 1) : token.start()]


def _gaps(text: str, tokens: Sequence[re.Match[str]]) -> list[str]:
    """What stands between words."""
    return [text[one.end() : other.start()] for one, other in pairwise(tokens)]


def _is_short_form(name: str) -> bool:
    """Whether a name is something else without its dot: "Ill.", "Wash."."""
    return name.endswith(".") and name.count(".") == 1


class _Around(NamedTuple):
    """What stands around something that may be a place.

    Attributes:
        before: The end of what stands before it.
        behind: The beginning of what stands behind it.
        last: The last word before it, in lower case; empty where there is none.
        next: The word right behind it.
        is_spaced: Whether nothing but a blank is between the last word and it.
        ends_short: Whether it is the end of a text of a few words.
    """

    before: str
    behind: str
    last: str
    next: str
    is_spaced: bool
    ends_short: bool

    @classmethod
    def of(cls, text: str, mention: Mention) -> _Around:
        """What stands around a mention in a text."""
        before = text[max(0, mention.start - _SEEN) : mention.start]
        behind = text[mention.end : mention.end + _SEEN]
        last = re.findall(r"[\w']+(?=\W*$)", before)
        following = re.match(r"\.?[ -]+(\w+)", behind)
        return cls(
            before,
            behind,
            last[-1].lower() if last else "",
            following[1].lower() if following else "",
            re.search(r"\w\s+$", before) is not None,
            not re.search(r"\w", behind) and len(text) < _SEEN and len(words(text)) <= _SHORT,
        )

    def heads_question(self, *, is_word: bool) -> bool:
        """Whether it heads a question, before a colon or, unless it is a word, another mark: "WA: whose rate"."""
        mark = r"\s*:" if is_word else r"\s*[:,;–—-]"
        return not re.search(r"\w", self.before) and re.match(mark, self.behind) is not None


def _is_in_town(text: str, mention: Mention, around: _Around, sure: Sequence[Mention], *, is_word: bool) -> bool:
    """Whether a town stands right before it, a known one as in "Vancouver WA" or another as in "our Gary, IN plant"."""
    beside = [one for one in sure if re.fullmatch(r",?\s+", text[one.end : mention.start])]
    if any(one.is_state for one in beside):
        return False
    return bool(beside and not is_word) or _TOWN.search(around.before) is not None


def _are_listed(text: str, one: Mention, other: Mention, *, is_word: bool) -> bool:
    """Whether two stand in one list; for a word, a comma alone makes none: "in Texas, OR is it"."""
    first, second = sorted((one, other))
    between = BETWEEN.fullmatch(text, first.end, second.start)
    return between is not None and not (is_word and between.group().strip() == ",")


def _of_one_place(text: str, found: Sequence[Mention]) -> list[Mention]:
    """A city or country right before a state is a place in it: "Kansas City, Kansas", "Paris, Texas"."""
    kept: list[Mention] = []
    for mention in found:
        if (
            kept
            and mention.is_state
            and not kept[-1].is_state
            and re.fullmatch(r",?\s*", text[kept[-1].end : mention.start])
        ):
            kept[-1] = mention._replace(start=kept[-1].start)
        else:
            kept.append(mention)
    return kept
