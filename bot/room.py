"""An ordinary channel message: is it a question to anyone, or colleagues talking to each other?

The bot would rather miss a question than break into a conversation, so that one sign of a conversation is enough.
"""

from __future__ import annotations

import re

from bot.text import plain

# To a person by mention or by name, whoever it is.
_MENTION = re.compile(r"<@|<!|(?:^|\s)@\w")
_LINK = re.compile(r"<https?:|https?://")

_ASKS = re.compile(
    r"^(?:(?:hi|hey|hello|so|ok|okay|and|quick question|question|anyone know|does anyone know|anybody know)\b[,:\s]*)*"
    r"(?:who|whose|whos|who's|what|what's|whats|which|how|why|when|where|is|are|do|does|can|could|would|will"
    r"|explain|define)\b",
    re.IGNORECASE,
)

# How people ask on without a question mark: "and under an ASO", "source", "now the other model".
_LEADING_IN = (
    r"^(?:(?:and|but|or|so|ok|okay|kk|hm+|now|then|also|plus|next|gotcha|got it|great|cool|right)\b[,.:;!\s]*)*"
)
_ASKS_ON = re.compile(
    _LEADING_IN
    + r"(?:who|whose|whos|who's|what|what's|whats|which|how|hows|how's|why|when|where|is|are|does|do|can|would"
    r"|explain|sources?|example|say it|says who|the other|other|same|flip|switch|reverse|under|with an?|in an?|for an?"
    r"|if|by which|next|(?:an? )?(?:peo|aso)\W*$)(?:\b|$)",
    re.IGNORECASE,
)
# What people in a thread ask each other, of themselves, of what somebody said, of what is to be done now.
_AMONG_THEMSELVES = re.compile(
    r"\b(?:did|do|are|have|were) you\b|\bdid (?:we|the|they|he|she)\b|\b(?:said|told|forward|forwarded|emailed)\b"
    r"|\bshould (?:i|we) (?:send|tell|ask|call|email|loop)\b|\b(?:this|which|that) (?:account|client|deck|month)\b"
    r"|^(?:oh|wow|huh|really|seriously|what|no way|so|ok|okay|right|lol)\W*$|\binvoice\b",
    re.IGNORECASE,
)
# To a person by a bare name: "Carla, ..." and "hey Carla". Further on in a message, see `_NAME`.
_CALLED = re.compile(
    r"^(?!(?:And|But|Or|So|Ok|Okay|Now|Then|Also|Plus|Great|Right|Cool|Gotcha|Hmm|Thanks|Yes|No|Well|Wait|Sorry|Next"
    r"|Separately|Actually|Finally|Alternatively|Similarly|Honestly)\b)"
    r"[A-Z][a-z]{2,}\s*,|^(?:hey|hi|hello)\s+[A-Z][a-z]{2,}\b"
)

# "under a PEO the client pays" is a statement; with a question mark behind it, it is not.
_CONDITION = re.compile(r"(?:under|with|in|if|after)\b", re.IGNORECASE)

# What colleagues say to the room about themselves, a time, a place or a task.
_CONVERSATION = re.compile(
    r"\b(?:can|could|would|will|did|does|has|have|is|are) (?:someone|somebody|anyone|anybody|you|u|y'all|we please)\b"
    r"|\b(?:i'm|i'll|i've|i am|i swear|my \d|fyi|reminder|reposting|friendly nudge|heads up|ooo|thanks|congrats)\b"
    r"|\b(?:today|tomorrow|yesterday|tonight|this morning|this afternoon|this week|next week|last week|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|standup|stand-up|lunch|zoom|calendar|ticket|slide|deck|kickoff|webinar)\b"
    r"|\b\d{1,2}(?::\d\d|\s?[ap]m)\b|\b(?:yet|still waiting|latest on|sign off|sitting in|pull the|send the)\b"
    r"|\b(?:team|folks|all),",
    re.IGNORECASE,
)

# A capitalized word that may be a name: not an acronym, the first word of a sentence, "I", or a public program.
_NAME = re.compile(r"(?<![.?!:]\s)(?<!^)\b(?!I\b|I'|Form\b|Medicare\b|Social Security\b)[A-Z][a-z]{2,}\b")


def is_question_to_anyone(message: str) -> bool:
    """Whether a message asks something of nobody in particular and of general interest.

    False for statements, for messages with a mention, a link or a person's or client's name in them, and for what
    colleagues arrange among themselves.
    """
    if _MENTION.search(message) or _LINK.search(message):
        return False
    text = plain(message)
    asks = _ASKS.match(text) or ("?" in text and _CONDITION.match(text))
    return bool(asks) and not _CONVERSATION.search(text) and not _NAME.search(text)


def is_further_question(message: str) -> bool:
    """Whether a message in a thread where the bot has answered asks on, and not somebody by name.

    More counts than in a channel, where nobody waits for the bot: the few words of a second question.
    """
    if _MENTION.search(message) or _LINK.search(message):
        return False
    text = plain(message)
    if any(sign.search(text) for sign in (_CALLED, _NAME, _CONVERSATION, _AMONG_THEMSELVES)):
        return False
    return "?" in text or bool(_ASKS_ON.match(text))
