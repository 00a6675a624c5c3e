"""What the bot says about whether it answers plain questions in a channel. Pure, but for the names of its buttons."""

from __future__ import annotations

from bot.conversation.buttons import LISTEN, OFF, ON
from bot.slack.messages.layout import Block, Reply, button, escape, section
from bot.slack.messages.small_talk import EXAMPLE_QUESTION
from bot.store import ChannelSetting

_WHO = "I answer questions about PEO and ASO, two ways to outsource HR, from a reviewed comparison."
_MENTIONED = f"Mention me with a question, for example: {EXAMPLE_QUESTION}"
_LISTENING = (
    "In this channel I also answer questions without a mention, in their thread, when I am sure. "
    "I ignore everything else and keep none of it."
)
_NOT_LISTENING = "In this channel I answer when I am mentioned."


def introduction(setting: ChannelSetting) -> Reply:
    """What the bot says of itself when it comes into a channel, and in the place of that once somebody has switched."""
    state = _state(setting)
    text = "\n".join([_WHO, _MENTIONED, state]) if setting.listens or setting.switched_by else f"{_WHO}\n{_MENTIONED}"
    return Reply(text, [section(text), {"type": "actions", "elements": [_switch(setting)]}])


def status(setting: ChannelSetting) -> Reply:
    """For one person: how it is in this channel, who wanted it so, and how to change it."""
    other = OFF if setting.listens else ON
    text = f"{_state(setting)}\nTo change that: /peo-vs-aso listen {other}"
    return Reply(text, [section(text)])


def no_channel() -> Reply:
    """Where there is nothing to switch."""
    return _plain("Listening is for channels. In direct messages I answer every message.")


def no_group_channel() -> Reply:
    """Where people write to one another, and to the bot where they mention it."""
    return _plain("Listening is for channels. In a group direct message I answer when I am mentioned.")


def not_here() -> Reply:
    """In a channel that the bot sees nothing of."""
    return _plain("I am not in this channel, so I cannot see questions here. Type /invite @PEO vs ASO first.")


def _plain(text: str) -> Reply:
    return Reply(escape(text), [section(escape(text))])


def _state(setting: ChannelSetting) -> str:
    state = _LISTENING if setting.listens else _NOT_LISTENING
    if setting.switched_by is None:
        return state
    # Slack shows the name. It notifies nobody of it: not in what one person alone sees, nor in a message that changes.
    return f"{state} <@{setting.switched_by}> switched that {ON if setting.listens else OFF}."


def _switch(setting: ChannelSetting) -> Block:
    if setting.listens:
        return button(LISTEN, "Answer only when mentioned", OFF)
    return button(LISTEN, "Answer without a mention", ON)
