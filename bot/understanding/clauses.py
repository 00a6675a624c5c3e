"""What a question sets aside, and where it could be two questions in one.

Works on the words as typed, since commas and "and" are what tells the parts apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text import plain

_BREAK = re.compile(r"\s*(?:[,;:.?!](?=\s|$)|\s[—–-]+\s|[—–]|\bbut\b|\(|\))\s*")

# Clauses that name a topic only to push it away. "not sure who ..." and "not only ..." do ask about what they name.
_SET_ASIDE = re.compile(
    r"""
    (?:no[,\s]+)*
    (?:
        (?:it's\ |its\ |it\ |that's\ |this\ |i'm\ |im\ |i\ am\ |i\ was|i\ |we're\ |we\ are\ )?
        (?:so\ |ok\ |just\ )?not\b(?!\ (?:sure|only|just|clear|really|certain|getting|too))
      | (?:it\ |that\ |this\ )(?:isn't|isnt|wasn't|wasnt)\b
      | (?:i\ |we\ )?(?:wasn't|wasnt|weren't|werent)\ (?:about|asking|talking|after)\b
      | (?:i\ |we\ |you\ )?(?:don't|dont|do\ not|needn't)\ (?:really\ )?
        (?:mean|care|need|want|ask|tell|explain|bother)\b(?!\ (?:my|our|to\ (?:lose|pay|be|get|end|have|do))\b)
      | (?:you\ can\ |please\ |let's\ )?
        (?:skip|drop\ the|leave\b.*\bout|forget|never\ ?mind|no\ need\ to|everyone\ tells\ me
          |ignore|ignoring|disregard|leave\ aside|leaving\ aside|setting\ aside|putting\ aside
          |(?:apart\ from|aside\ from|other\ than|besides|except|not\ counting|in\ addition\ to)(?!\ (?:that|this)\b)
          |enough\ (?:about|of|on)
          |rather\ than|instead\ of|okay\ on|ok\ on|done\ with)\b
      | (?:yes\ |yeah\ |ok\ |okay\ )?(?:i|we)\ (?:do\ )?(?:already\ )?
        (?:(?:know|knew|understand|understood|get)\b(?!\ (?:a|an|nothing|little|hurt|in|out|from)\b)
          # "I read about a PEO that ..." and "we got burned" begin a story.
          |(?:got|heard|saw|read)\ (?:about\ )?
            (?:that|this|it|the|what|how|why|who|whose|which|all|enough)\b(?!\ notice\b))
      | (?:you've|you\ have|you)\ (?:already\ )?(?:told|explained|answered|covered)\b
      | i'm\ past\b | i\ am\ past\b
    )
    """,
    re.VERBOSE,
)
# What is said to be settled: "our rate is fine, ...", "COBRA's been answered, ...", "leave the fee out of it: ...".
_SET_ASIDE_AT_END = re.compile(
    r"""
    \b(?:aside|already|(?:i|we)\ (?:know|understand|get)
      |(?:i've|we've|ive|weve|i\ have|we\ have|got|have)\ (?:that\ |it\ )?(?:got\ )?
       (?:seen|read|covered|sorted|handled|figured\ out)
      |(?:don't|dont|doesn't|doesnt|do\ not|does\ not)\ (?:matter|count)(?:\ to\ (?:me|us))?
      |tell\ apart(?:\ by\ now|\ already)?
      |(?:is|are|was|were|'s|has\ been|have\ been|'s\ been)\ (?:all\ |already\ |just\ |now\ )?
       (?:clear|fine|done|decided|answered|settled|sorted|covered|handled|understood|known|okay|ok|one\ thing
         |(?:no|not\ a|not\ the|not\ our|not\ my)\ (?:concern|problem|issue|worry|question|point)
         |just\ a\ word(?:\ to\ me)?))$
    """,
    re.VERBOSE,
)
# Inside a clause: "what do they handle besides payroll taxes".
_SET_ASIDE_INSIDE = re.compile(
    r"\b(?:other than|besides|apart from|aside from|except(?: for)?|not counting|in addition to)\b.*$"
)

_JOINT = re.compile(
    r"\s*(?:[,;:.?!](?=\s|$)|\b\d[).](?=\s)|\s[—–-]+\s|\band\b(?: also)?|\balso\b|\bplus\b|\bas well as\b"
    r"|&|\+|/(?=\s)|\bor\b)\s*"
)
MOST_JOINTS = 4
# "the PEO and us", "ASO or PEO": one thing asked of two parties.
_PARTY = (
    r"(?:(?:the|an?|my|our|under|with|in) )*"
    r"(?:peo|aso|co-?employer|co-?employment|provider|client|company|employer|vendor|us|we|me|them|they)s?"
)
# What follows "or" is the other of two answers, unless it asks anew.
_IS_OR = re.compile(r"\bor\b", re.IGNORECASE)
_ASKS_AT_ONCE = re.compile(
    r"(?:who|whose|what|how|which|when|where|why|do|does|is|are|can|could|will|would|should)\b", re.IGNORECASE
)
_PARTY_BEFORE = re.compile(rf"\b{_PARTY}$", re.IGNORECASE)
_PARTY_BEHIND = re.compile(rf"{_PARTY}\b", re.IGNORECASE)
_ANNOUNCES_TWO = re.compile(
    r"\b(?:two|both|three|couple of|few) (?:things|questions|points|topics|parts|of)\b"
    r"|\bfirst\b.*\bsecond|\b1[).]|\b(?:also|plus|as well as|secondly|separately)\b",
    re.IGNORECASE | re.DOTALL,
)
# Where somebody is or what they are, before the question: "we're a 40-person roofer in Ohio, ...".
_SETTING = re.compile(
    r"^(?:hi|hello|hey)?[,!\s]*(?:we|i|our|my|as|being|for|in|with|since|napeo|the irs|they)\b[^,;?]{0,120}[,;]\s*",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def wanted(question: str) -> str:
    """The question without the topics that it sets aside ("not workers' comp, I mean health benefits").

    Unchanged where nothing is set aside, or where nothing else would be left.
    """
    text = plain(question).lower()
    clauses = [clause for clause in _BREAK.split(text) if clause.strip()]
    kept = [_without_inside(clause) for clause in clauses if not _is_set_aside(clause)]
    return ", ".join(kept) if kept and kept != clauses else question


def itself(question: str) -> str | None:
    """What comes after a setting: "we're in Texas, who does it?" -> "who does it?"; None where there is no setting."""
    text = plain(question)
    setting = _SETTING.match(text)
    return text[setting.end() :] or None if setting else None


def splits(question: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a question in two at a joint such as "and" or a comma; at most ``MOST_JOINTS``."""
    text = plain(question)
    joints = [
        joint
        for joint in _JOINT.finditer(text)
        if _LETTERS.search(text, 0, joint.start())
        and _LETTERS.search(text, joint.end())
        and not (_PARTY_BEFORE.search(text, 0, joint.start()) and _PARTY_BEHIND.match(text, joint.end()))
        and not (_IS_OR.search(joint.group()) and not _ASKS_AT_ONCE.match(text, joint.end()))
    ]
    for joint in joints[:MOST_JOINTS]:
        yield text[: joint.start()], text[joint.end() :]


def announces_two(question: str) -> bool:
    """Whether a question says itself that it holds more than one."""
    return _ANNOUNCES_TWO.search(question) is not None


def _is_set_aside(clause: str) -> bool:
    return bool(_SET_ASIDE.match(clause) or _SET_ASIDE_AT_END.search(clause))


def _without_inside(clause: str) -> str:
    return _SET_ASIDE_INSIDE.sub("", clause).strip() or clause
