"""Sentences that are always the same: thanks, apologies, and what cannot be done."""

from __future__ import annotations

from collections.abc import Mapping

from bot.conversation.contents import Notice

NOT_INSTALLED = "I am no longer installed in this workspace. The person who manages its apps can install me again."
THANKS = "Thank you, your vote is counted. Nobody in Slack sees it, and you can change it at any time."
NOT_SAVED = "I could not save that just now. Please send it again in a minute."
NOT_COUNTED = "I have no record of that reply any more, so I cannot count this. Please ask the question again."
HOME_NOT_SHOWN = "I could not show my Home tab. Ask me here, or type /peo-vs-aso to see what I can answer."
ALREADY_REPLIED = "I have already replied to that message. Look in its thread, or where it was asked."
OWN_MESSAGE = "I wrote that message. Choose this in the menu of a question, and I will answer it."
ONLY_VISIBLE_TO_ASKER = "I could not post this where you asked, so only you see it."
FILES_NOT_READ = "I do not read files, only what is written in the message itself."
# What `doctor --write-to` sends to a member for a moment.
TRIAL = "peo-aso doctor is testing whether I can write to you. I can, and I will delete this right away."

NOTICES: Mapping[Notice, str] = {
    Notice.FAILED: "Something went wrong on my side, and I could not answer. Please ask again in a minute.",
    Notice.GONE: "I no longer have that topic. Ask me in your own words, and I will look again.",
    Notice.DECLINED: "I only answer people of the organization that installed me. Please ask somebody there.",
    Notice.NOT_PASSED_ON: (
        "I could not pass the question on. Please ask somebody directly, or try the button again later."
    ),
    Notice.NOT_SHARED: (
        "I am not allowed to post here, so I did not share anything. Type /invite @PEO vs ASO in the channel, and "
        "press the button again."
    ),
}
