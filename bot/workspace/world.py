"""The made-up workspace that a test or a demonstration starts in."""

from dataclasses import dataclass

from bot.workspace.model import User
from bot.workspace.payloads import Identity
from bot.workspace.state import WorkspaceState

PEOPLE = (
    User("U0MAYA", "maya", "Maya Lindqvist"),
    User("U0ANDRE", "andre", "Andre Whitfield"),
    User("U0PRIYA", "priya", "Priya Raman"),
)
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"


@dataclass(frozen=True, slots=True)
class _StartingChannel:
    id: str
    name: str
    bot_is_member: bool


_CHANNELS = (
    _StartingChannel("C0GENERAL", "general", bot_is_member=True),
    _StartingChannel("C0ASK", "ask-peo-aso", bot_is_member=True),
    _StartingChannel("C0RANDOM", "random", bot_is_member=False),
)


def identity(bot_name: str) -> Identity:
    """The names of the workspace and of the app in it."""
    return Identity(
        team_id="T0LOCAL",
        team_name="Local workspace",
        team_domain="local-workspace",
        app_id="A0LOCAL",
        bot_id=BOT_ID,
        bot_user_id=BOT_USER_ID,
        bot_name=bot_name,
    )


def bot_user(bot_name: str) -> User:
    """The bot as a member of the workspace."""
    return User(BOT_USER_ID, bot_name.lower().replace(" ", "-"), bot_name, is_bot=True)


def populate(state: WorkspaceState) -> None:
    """Let three people in, open three channels, and a direct message with the bot for each person."""
    for person in PEOPLE:
        state.add_user(person)
    everybody = {person.id for person in PEOPLE}
    for channel in _CHANNELS:
        members = everybody | {state.bot.id} if channel.bot_is_member else everybody
        state.add_channel(channel.name, "channel", members, id=channel.id)
    for person in PEOPLE:
        state.add_channel("", "im", {person.id, state.bot.id}, id=f"D0{person.name.upper()}")
