"""The fictional people and channels that every workspace starts with."""

from dataclasses import dataclass, replace

from localslack.model import User
from localslack.payloads import Identity
from localslack.state import State

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
    _StartingChannel("C0ASK", "ask", bot_is_member=True),
    _StartingChannel("C0RANDOM", "random", bot_is_member=False),
)


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An organization (Enterprise Grid) that workspaces belong to; its ``id`` is ``E...``."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """The name and id of a workspace.

    Attributes:
        id: ``T0...``.
        enterprise: The organization that it belongs to, if any.
    """

    id: str
    name: str
    enterprise: Enterprise | None = None


LOCAL = Team("T0LOCAL", "Local workspace")


def identity(bot_name: str, team: Team) -> Identity:
    """The names of the workspace and of the app in it. An organization has one bot for all its workspaces."""
    enterprise = team.enterprise
    ending = _ending(enterprise.id if enterprise else team.id)
    return Identity(
        team_id=team.id,
        team_name=team.name,
        team_domain=team.name.lower().replace(" ", "-"),
        app_id="A0LOCAL",
        bot_id=f"{BOT_ID}{ending}",
        bot_user_id=f"{BOT_USER_ID}{ending}",
        bot_name=bot_name,
        enterprise_id=enterprise.id if enterprise else None,
        enterprise_name=enterprise.name if enterprise else None,
    )


def bot_user(names: Identity) -> User:
    """The bot as a member of the workspace."""
    return User(names.bot_user_id, names.bot_name.lower().replace(" ", "-"), names.bot_name, is_bot=True)


def populate(state: State, team: Team) -> None:
    """Add three people, three channels, and direct messages with the bot for each person."""
    ending = _ending(team.id)
    people = [replace(person, id=f"{person.id}{ending}") for person in PEOPLE]
    for person in people:
        state.users.add(person)
    everybody = {person.id for person in people}
    for channel in _CHANNELS:
        members = everybody | {state.users.bot.id} if channel.bot_is_member else everybody
        state.channels.add(channel.name, "channel", members, id=f"{channel.id}{ending}")
    for person in people:
        state.channels.add("", "im", {person.id, state.users.bot.id}, id=f"D0{person.name.upper()}{ending}")


def _ending(id: str) -> str:
    """A suffix that keeps ids unique across workspaces; empty for the default workspace."""
    return "" if id == LOCAL.id else id[2:]
