"""Text as people type it in Slack -> words and stems.

The one place that decides what a word is: questions, phrasings and vocabulary all pass through here, so that
"W-2", "w2" and "W2s" meet. Pure functions; any text is accepted, and time grows with the part that is kept.
"""

from __future__ import annotations

import html
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

# A Slack message holds up to 40,000 characters; a question says what it is about in the first few thousand,
# and a bound here bounds the time of every later stage.
MAX_CHARACTERS = 6_000
MAX_WORDS = 400

_MARKUP = re.compile(r"<([@#!]?)([^<>|]{0,2000})(?:\|([^<>]{0,2000}))?>")
_EMOJI_CODE = re.compile(r"(?<![A-Za-z0-9]):(?=[a-z0-9_+'-]*[a-z+])[a-z0-9_+'-]{1,100}:(?::skin-tone-\d:)?")
# Slack escapes &, < and >. Only closed escapes count: "law&regulations" holds no "&reg".
_ESCAPE = re.compile(r"&#?[A-Za-z0-9]{1,10};")
_BARE_LINK = re.compile(r"\b(?:https?://|www\.)\S+")
# Controls, and marks without width or for direction, which hide inside pasted words.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "‛": "'", "´": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"'})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+(?:[.,]\d+)*")
# "P.E.O." and "W.C.": the letters of one acronym.
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?")
# "Q:", "Question 3 -", "FAQ:" before a question that was pasted from a list.
_LIST_MARK = re.compile(r"^\W*(?:q|question|faq)\s*\d{0,3}\s*(?:[:.)]|[-–—](?=\s))\s*", re.IGNORECASE)
# What mail programs put below a message: "-- ", "Sent from my iPhone", "Best regards,".
_SIGNATURE = re.compile(
    r"(?:^|\n)[ \t]*(?:--[ \t]*(?=\n)|sent from my\b|(?:best|kind|warm)?[ \t]*regards,?[ \t]*(?=\n|$)"
    r"|(?:best|cheers|sincerely|many thanks|thanks|thank you),[ \t]*(?=\n)).*",
    re.IGNORECASE | re.DOTALL,
)
# Letters of other scripts that look like Latin ones: pasted from somewhere, or meant to deceive.
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTYXIJSaeopcyxijsdqwABEZHIKMNOPTYXo"
)
_FOREIGN_WORD = re.compile(r"[^\W\d_]*[^\W\d_a-zA-Z][^\W\d_]*")
_NOT_CONTRACTION = re.compile(r"n't$")
_ENDING_CONTRACTION = re.compile(r"'(?:s|re|ve|ll|d|m)?$")

# Contractions as people type them without the apostrophe. Left out where the bare form is a word of its own
# (its, were, well, shed) that a question may need.
_BARE_CONTRACTIONS = {
    "whos": ("who", "is"), "whats": ("what", "is"), "wheres": ("where", "is"), "hows": ("how", "is"),
    "thats": ("that", "is"), "theres": ("there", "is"), "heres": ("here", "is"), "lets": ("let",), "im": ("i",),
    "ive": ("i",), "youre": ("you",), "youve": ("you",), "theyre": ("they",), "theyve": ("they",),
    "weve": ("we",), "dont": ("do", "not"), "doesnt": ("does", "not"), "didnt": ("did", "not"),
    "cant": ("can", "not"), "cannot": ("can", "not"), "wont": ("will", "not"), "wouldnt": ("would", "not"),
    "shouldnt": ("should", "not"), "couldnt": ("could", "not"), "isnt": ("is", "not"),
    "arent": ("are", "not"), "wasnt": ("was", "not"), "havent": ("have", "not"), "hasnt": ("has", "not"),
    "aint": ("is", "not"), "gonna": ("going", "to"), "gotta": ("have", "to"), "wanna": ("want", "to"),
}  # fmt: skip


class _Stemmer(threading.local):
    """One for each thread: a stemmer has a state of its own and must not be called by two at once."""

    def __init__(self) -> None:
        stemmer = Stemmer.Stemmer("english")
        self.stem, self.stem_all = stemmer.stemWord, stemmer.stemWords


_stemmer = _Stemmer()


def plain(text: str) -> str:
    """Slack's mrkdwn as the words a reader sees: no mentions, links, emoji codes, escapes or control marks.

    A link keeps its label unless the label is an address itself. At most ``MAX_CHARACTERS`` are kept.
    """
    text = text[:MAX_CHARACTERS]
    text = _MARKUP.sub(_visible, text)
    text = _ESCAPE.sub(lambda escape: html.unescape(escape.group()), text)
    if not text.isascii():
        # Quotes before NFKC, which takes some of them apart; cut again after it, for one sign may become eighteen.
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES))[:MAX_CHARACTERS]
        text = _INVISIBLE.sub("", text)
        text = _FOREIGN_WORD.sub(_as_latin, text)
    text = _CONTROLS.sub(" ", text.replace("`", "'"))
    text = _EMOJI_CODE.sub(" ", text)
    text = _BARE_LINK.sub(" ", text)
    return " ".join(text.split())


def _as_latin(word: re.Match[str]) -> str:
    """A word of look-alikes as the word that it looks like; a word with any other letter is one of its own language."""
    translated = word.group().translate(_LOOK_ALIKES)
    return translated if translated.isascii() else word.group()


def _visible(markup: re.Match[str]) -> str:
    kind, target, label = markup.groups()
    if kind == "!" and target.startswith("date^"):
        return f" {label or ''} "
    if kind or not label or _looks_like_address(label):
        return " "
    return f" {label} "


def _looks_like_address(label: str) -> bool:
    return " " not in label and ("." in label or "/" in label or "@" in label)


def words(text: str) -> list[str]:
    """The words of a question in order, lower case: letters and digits apart, contractions opened.

    ``"Who's doing our W-2s & 401(k)?"`` -> ``["who", "is", "doing", "our", "w", "2", "s", "401", "k"]``.
    What was pasted around a question is left out: "Q:" before it, a mail signature below it. At most ``MAX_WORDS``;
    empty for a text without a letter or digit.
    """
    found: list[str] = []
    for match in _WORD.finditer(_question_itself(text).casefold()):
        found.extend(_opened(match.group()))
        if len(found) >= MAX_WORDS:
            break
    return found[:MAX_WORDS]


def _question_itself(text: str) -> str:
    signature = _SIGNATURE.search(text, 1)
    text = plain(text[: signature.start()] if signature else text)
    text = _LIST_MARK.sub("", text)
    return _DOTTED.sub(lambda acronym: acronym.group().replace(".", ""), text)


def _opened(word: str) -> tuple[str, ...]:
    if word in _BARE_CONTRACTIONS:
        return _BARE_CONTRACTIONS[word]
    if "'" not in word:
        return (word,)
    bare = word.replace("'", "")
    if bare in _BARE_CONTRACTIONS:
        return _BARE_CONTRACTIONS[bare]
    if _NOT_CONTRACTION.search(word):
        return (word[:-3], "not") if len(word) > 3 else ("not",)
    return (_ENDING_CONTRACTION.sub("", word).replace("'", ""),)


# Words that are common; the names and numbers of ten thousand questions are not to be remembered.
@lru_cache(maxsize=2_000)
def stem(word: str) -> str:
    """The stem that inflected forms share: ``claims`` and ``claimed`` -> ``claim``."""
    return str(_stemmer.stem(word))


def known_stems(words_: Iterable[str]) -> frozenset[str]:
    """The stems of many words at once, which is several times faster than one by one."""
    return frozenset(_stemmer.stem_all(list(words_)))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, in order."""
    return tuple(stem(word) for word in words(text))
