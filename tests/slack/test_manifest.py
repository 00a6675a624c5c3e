"""``manifest.json`` grants what the surfaces need and nothing more: without any one part, something stops working."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from bot.answering import AnswerService
from bot.cli.demo import connected_to
from bot.conversation.deliveries import Pace
from bot.manifest import shipped_manifest
from bot.settings import Settings
from bot.slack.install.help_channels import help_channel_fault
from bot.slack.web_api import api_session, web_client
from localslack import Channel, Timing, Workspace, WorkspaceError

ASK = "#ask"
QUESTION = "Who handles unemployment claims?"


@asynccontextmanager
async def bot_with(manifest: dict[str, Any], answers: AnswerService) -> AsyncIterator[Workspace]:
    """The bot in a workspace that grants what a manifest says."""
    # Where no event reaches the bot, there is nothing to wait for.
    async with Workspace(manifest, timing=Timing(retry_delays_seconds=(0.01,) * 3)) as workspace:
        settings = Settings(
            slack_bot_token=SecretStr(workspace.bot_token),
            slack_app_token=SecretStr(workspace.app_token),
            slack_api_url=workspace.api_url,
            port=0,
            database_url=SecretStr("sqlite://"),
        )
        async with connected_to(workspace, settings, answers, Pace(backoff_seconds=0.05, settle_seconds=0.05)):
            yield workspace


# Each surface: whether it works.


async def mention_works(workspace: Workspace) -> bool:
    asked = await workspace.mention("maya", ASK, QUESTION)
    await workspace.settle()
    return len(workspace.messages(ASK, asked.ts)) == 2  # question and reply


async def direct_message_works(workspace: Workspace) -> bool:
    try:
        asked = await workspace.direct_message("maya", QUESTION)
    except WorkspaceError:
        return False
    await workspace.settle()
    return len(workspace.messages(asked.channel_id)) == 2


async def command_works(workspace: Workspace) -> bool:
    outcome = await workspace.slash("maya", ASK, "/peo-vs-aso", QUESTION)
    return outcome.message is not None


async def button_works(workspace: Workspace) -> bool:
    """A button under the answer to a command, which needs no right to post."""
    outcome = await workspace.slash("maya", ASK, "/peo-vs-aso", QUESTION)
    if outcome.message is None:
        return False
    before = len(workspace.ephemerals("maya", ASK))
    try:
        await workspace.click("maya", outcome.message, action_id="show_more")
    except WorkspaceError:
        return False
    await workspace.settle()
    return len(workspace.ephemerals("maya", ASK)) == before + 1


async def home_works(workspace: Workspace) -> bool:
    try:
        await workspace.open_home("maya")
    except WorkspaceError:
        return False
    await workspace.settle()
    return workspace.home("maya") is not None


async def group_direct_message_works(workspace: Workspace) -> bool:
    group = workspace.create_channel("maya--andre--bot", ["maya", "andre", workspace.bot], "mpim")
    asked = await workspace.mention("maya", group, QUESTION)
    await workspace.settle()
    return len(workspace.messages(group, asked.ts)) == 2


async def public_help_channel_works(workspace: Workspace) -> bool:
    return await help_channel_works(workspace, "C0ASK")


async def private_help_channel_works(workspace: Workspace) -> bool:
    channel = workspace.create_channel("hr-team", ["maya", workspace.bot_user_id], "group")
    return await help_channel_works(workspace, channel.id)


async def help_channel_works(workspace: Workspace, channel_id: str) -> bool:
    async with api_session() as session:
        client = web_client(workspace.bot_token, workspace.api_url, session)
        return await help_channel_fault(client, channel_id) is None


async def is_answered_once_after_a_failure(workspace: Workspace, channel: Channel) -> bool:
    """Whether a reply that Slack may have posted comes after all, which takes a look at the conversation."""
    workspace.fail_next("chat.postMessage", "internal_error")
    asked = await workspace.mention("maya", channel, QUESTION)
    await workspace.settle()
    return len(workspace.messages(channel, asked.ts)) == 2


async def public_channel_recovers(workspace: Workspace) -> bool:
    return await is_answered_once_after_a_failure(workspace, workspace.channel(ASK))


async def private_channel_recovers(workspace: Workspace) -> bool:
    channel = workspace.create_channel("board", ["maya", workspace.bot], "group")
    return await is_answered_once_after_a_failure(workspace, channel)


async def public_channel_listens(workspace: Workspace) -> bool:
    return await plain_question_works(workspace, workspace.channel("#general"))


async def private_channel_listens(workspace: Workspace) -> bool:
    channel = workspace.create_channel("finance", ["maya", workspace.bot], "group")
    return await plain_question_works(workspace, channel)


async def plain_question_works(workspace: Workspace, channel: Channel) -> bool:
    await workspace.slash("maya", channel, "/peo-vs-aso", "listen on")
    asked = await workspace.post("maya", channel, QUESTION)
    await workspace.settle()
    return len(workspace.messages(channel, asked.ts)) == 2


async def public_introduction_works(workspace: Workspace) -> bool:
    return await introduction_works(workspace, workspace.create_channel("sales", ["maya"]))


async def private_introduction_works(workspace: Workspace) -> bool:
    return await introduction_works(workspace, workspace.create_channel("legal", ["maya"], "group"))


async def introduction_works(workspace: Workspace, channel: Channel) -> bool:
    await workspace.join(workspace.bot, channel)
    await workspace.settle()
    return len(workspace.messages(channel)) == 2  # Slack's line and the introduction


async def revocation_is_heard(workspace: Workspace) -> bool:
    workspace.revoke_token()
    return await is_heard(workspace, "tokens_revoked")


async def uninstallation_is_heard(workspace: Workspace) -> bool:
    workspace.uninstall()
    return await is_heard(workspace, "app_uninstalled")


async def is_heard(workspace: Workspace, event: str) -> bool:
    """Whether the bot hears of it, and so erases the workspace."""
    await workspace.settle()
    return [envelope.ack_seconds is not None for envelope in workspace.traffic.events(event)] == [True]


SURFACES: dict[str, Callable[[Workspace], Awaitable[bool]]] = {
    "mention": mention_works,
    "direct message": direct_message_works,
    "group direct message": group_direct_message_works,
    "command": command_works,
    "button": button_works,
    "home": home_works,
    "public help channel": public_help_channel_works,
    "private help channel": private_help_channel_works,
    "public channel after a failure": public_channel_recovers,
    "private channel after a failure": private_channel_recovers,
    "public plain question": public_channel_listens,
    "private plain question": private_channel_listens,
    "public introduction": public_introduction_works,
    "private introduction": private_introduction_works,
    # Last, for nothing works after them.
    "revocation": revocation_is_heard,
    "uninstallation": uninstallation_is_heard,
}
HELP_CHANNELS = {"public help channel", "private help channel"}
RECOVERIES = {"public channel after a failure", "private channel after a failure"}
PLAIN = {"public plain question", "private plain question"}
INTRODUCTIONS = {"public introduction", "private introduction"}
NEEDED_SCOPES = {
    "app_mentions:read": {"mention", *RECOVERIES},
    "channels:history": {"public channel after a failure", "public plain question"},
    "channels:read": {"public help channel", "public introduction"},
    "chat:write": {"mention", "direct message", "group direct message", *RECOVERIES, *PLAIN, *INTRODUCTIONS},
    "commands": {"command", "button", *PLAIN},
    "groups:history": {"private channel after a failure", "private plain question"},
    "groups:read": {"private help channel", "private introduction"},
    "im:history": {"direct message"},
    "mpim:history": {"group direct message"},
}
NEEDED_EVENTS = {
    "app_home_opened": {"home"},
    "app_mention": {"mention", *RECOVERIES},
    "app_uninstalled": {"uninstallation"},
    "member_joined_channel": INTRODUCTIONS,
    "message.channels": {"public plain question"},
    "message.groups": {"private plain question"},
    "message.im": {"direct message"},
    "message.mpim": {"group direct message"},
    "tokens_revoked": {"revocation"},
}


async def broken_surfaces(manifest: dict[str, Any], answers: AnswerService) -> set[str]:
    async with bot_with(manifest, answers) as workspace:
        return {name for name, works in SURFACES.items() if not await works(workspace)}


async def test_with_the_manifest_as_it_is_every_surface_works(answers: AnswerService) -> None:
    assert await broken_surfaces(shipped_manifest(), answers) == set()


def test_the_manifest_has_no_scope_and_no_event_that_is_not_needed() -> None:
    manifest = shipped_manifest()
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(NEEDED_SCOPES)
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(NEEDED_EVENTS)
    assert "user" not in manifest["oauth_config"]["scopes"]


@pytest.mark.parametrize("scope", NEEDED_SCOPES)
async def test_without_any_one_scope_its_surfaces_stop_working(answers: AnswerService, scope: str) -> None:
    manifest = shipped_manifest()
    manifest["oauth_config"]["scopes"]["bot"].remove(scope)
    assert await broken_surfaces(manifest, answers) == NEEDED_SCOPES[scope]


@pytest.mark.parametrize("event", NEEDED_EVENTS)
async def test_without_any_one_event_its_surface_stops_working(answers: AnswerService, event: str) -> None:
    manifest = shipped_manifest()
    manifest["settings"]["event_subscriptions"]["bot_events"].remove(event)
    assert await broken_surfaces(manifest, answers) == NEEDED_EVENTS[event]


def without_command(manifest: dict[str, Any]) -> None:
    del manifest["features"]["slash_commands"]


def without_interactivity(manifest: dict[str, Any]) -> None:
    manifest["settings"]["interactivity"]["is_enabled"] = False


def without_home_tab(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False


def without_messages_tab(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["messages_tab_enabled"] = False


def without_socket_mode(manifest: dict[str, Any]) -> None:
    manifest["settings"]["socket_mode_enabled"] = False


def with_messages_tab_read_only(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["messages_tab_read_only_enabled"] = True


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        pytest.param(without_command, {"command", "button", *PLAIN}, id="no command"),
        pytest.param(without_interactivity, {"button"}, id="no interactivity"),
        pytest.param(without_home_tab, {"home"}, id="no Home tab"),
        pytest.param(without_messages_tab, {"direct message"}, id="no messages tab"),
        pytest.param(without_socket_mode, set(SURFACES) - HELP_CHANNELS, id="Socket Mode off"),
        pytest.param(with_messages_tab_read_only, {"direct message"}, id="read-only messages tab"),
    ],
)
async def test_without_any_one_feature_its_surfaces_stop_working(
    answers: AnswerService, change: Callable[[dict[str, Any]], None], broken: set[str]
) -> None:
    manifest = shipped_manifest()
    change(manifest)
    assert await broken_surfaces(manifest, answers) == broken


def test_mentions_in_a_command_arrive_escaped() -> None:
    [command] = shipped_manifest()["features"]["slash_commands"]
    assert command["command"] == "/peo-vs-aso"
    assert command["should_escape"] is True


@pytest.mark.parametrize(
    ("path", "most"),
    [
        pytest.param(("display_information", "name"), 35, id="name"),
        pytest.param(("display_information", "description"), 140, id="description"),
        pytest.param(("features", "bot_user", "display_name"), 80, id="display name"),
        pytest.param(("features", "slash_commands", 0, "command"), 32, id="command"),
    ],
)
def test_slack_takes_the_length_of_every_text(path: tuple[Any, ...], most: int) -> None:
    """The lengths are those of https://docs.slack.dev/reference/app-manifest."""
    text: Any = shipped_manifest()
    for key in path:
        text = text[key]
    assert 0 < len(text) <= most
