"""A stand-in for one Slack workspace: what a test, a terminal or a page uses."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Literal

from localslack import parts, world
from localslack.errors import WorkspaceError
from localslack.manifest import AppManifest
from localslack.model import Channel, Choices, Notice, User
from localslack.page import PageContent
from localslack.state import ChannelRef, UserRef
from localslack.tokens import Tokens
from localslack.transport.deliveries import Timing
from localslack.world import LOCAL, Enterprise, Team


class Workspace:
    """A stand-in for a Slack workspace, in this process, for one app.

    The app connects to it as to Slack: ``SLACK_API_URL`` set to `api_url`, with the two tokens. It starts with three
    people (Maya, Andre, Priya), each with direct messages to the bot, and three channels: #general and #ask, where the
    bot is, and #random, where it is not.

    Use it as an asynchronous context manager, or call `start` and `stop`. The methods of its parts that tests use most
    are methods of the workspace as well, such as ``workspace.post`` for ``workspace.client.writing.post``.

    Args:
        manifest: The app's ``manifest.json``. The app gets the scopes, events, commands and shortcuts that it names,
            and no others.
        team: Which workspace it is.
        bot_token: The bot token that is accepted; made up. None where the app is not installed.
        app_token: The app-level token that is accepted; made up.
        signing_secret: Signs the requests of HTTP mode; made up.
        timing: How long to wait for acks and between redeliveries.
        clock: Seconds since the epoch; decides over message timestamps, what has expired, and the ``Date`` of every
            answer of the Web API.
        page_content: What the page at `page_url` says about the app.

    Attributes:
        state: Everything that the workspace holds.
        client: What Slack's client offers to people: see `Client`.
        web_api: Answers the calls of the app.
        traffic: The record of what passed between workspace and app.
        installation: Whether the app is installed.
        failures: The failures that a test has asked for.
        socket_mode: The app's Socket Mode connections.
        http_mode: The requests to the app in HTTP mode.

    Raises:
        ValueError: The manifest has no bot user.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        team: Team = LOCAL,
        bot_token: str | None = "xoxb-local-workspace-bot",
        app_token: str = "xapp-local-workspace-app",
        signing_secret: str = "local-workspace-signing-secret",
        timing: Timing | None = None,
        clock: Callable[[], float] = time.time,
        page_content: PageContent | None = None,
    ) -> None:
        options = parts.Options(
            manifest=AppManifest.from_mapping(manifest),
            team=team,
            tokens=Tokens(bot_token, app_token),
            signing_secret=signing_secret,
            timing=timing or Timing(),
            clock=clock,
            page_content=page_content or PageContent(),
        )
        self._options = options
        self._core = core = parts.Core(options)
        self._link = link = parts.AppLink(core, options)
        self.state = core.state
        self.client = parts.client(core, link, options)
        self.web_api = parts.web_api(core, link, options)
        self.traffic = core.traffic
        self.installation = link.installation
        self.failures = core.failures
        self.socket_mode = link.socket_mode
        self.http_mode = link.http_mode
        self._page = parts.page(core, self.client, options)
        self._server = parts.server(core, link, self.web_api, self._page)
        self._name_methods_of_parts()
        world.populate(self.state, team)

    def _name_methods_of_parts(self) -> None:
        """Make the methods that tests use most methods of the workspace."""
        client, link = self.client, self._link
        # What people do
        self.typed, self.post, self.mention = client.writing.typed, client.writing.post, client.writing.mention
        self.direct_message, self.edit = client.writing.direct_message, client.writing.edit
        self.delete, self.join = client.writing.delete, client.writing.join
        self.slash = client.commands.slash
        self.click, self.click_in_view = client.elements.click, client.elements.click_in_view
        self.fill_in = client.elements.fill_in
        self.shortcut, self.global_shortcut = client.shortcuts.shortcut, client.shortcuts.global_shortcut
        self.submit_view, self.close_view = client.views.submit_view, client.views.close_view
        self.open_home = client.views.open_home
        # What people see
        self.messages, self.all_messages = client.screen.messages, client.screen.all_messages
        self.message, self.ephemerals = client.screen.message, client.screen.ephemerals
        self.home, self.views = client.screen.home, client.screen.views
        # Who and where
        self.user, self.channel = self.state.users.find, self.state.channels.find
        self.direct_channel = self.state.direct_channel
        # What a test waits for
        self.subscribe = self._core.publisher.subscribe
        self.next_message = self._core.unread.next_message
        self.settle, self.waiting_for = self._core.settling.settle, self._core.settling.waiting_for
        self.wait_until = self._core.settling.wait_until
        # What a test does to the app
        self.fail_next, self.recover = self.failures.fail_next, self.failures.recover
        self.deliver, self.deliver_payload = link.raw.deliver, link.raw.deliver_payload
        self.redeliver = link.raw.redeliver
        self.balance = link.http_mode.balance
        self.refresh_connections, self.go_silent = link.socket_mode.refresh, link.socket_mode.go_silent
        self.install, self.uninstall = link.installation.install, link.installation.uninstall
        self.revoke_token, self.leave_organization = (
            link.installation.revoke_token,
            link.installation.leave_organization,
        )
        self.notify = self.state.notices.notify

    # Running

    async def __aenter__(self) -> "Workspace":
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Begin to serve.

        Args:
            host: A loopback address, not a name.
            port: 0 takes any free one.

        Raises:
            ValueError: The host is not loopback.
            OSError: The port is taken.
        """
        await self._server.start(host, port)

    async def stop(self) -> None:
        """Close all connections and stop serving; what has been said can still be read."""
        await self._link.deliveries.close()
        await self.socket_mode.close()
        await self.http_mode.close()
        self.web_api.stop()
        await self._page.close()
        await self._server.stop()
        self._core.publisher.close()

    async def wait_connected(self, timeout_seconds: float = 10.0) -> None:
        """Return once the app is connected; in HTTP mode, once it answers at its address.

        Raises:
            TimeoutError: It did not connect in time.
        """
        async with asyncio.timeout(timeout_seconds):
            await self._link.transport.connected()

    # Addresses, tokens, names

    @property
    def api_url(self) -> str:
        """The base of the Web API, for ``SLACK_API_URL``; ends with a slash.

        Raises:
            RuntimeError: The workspace is not running.
        """
        return f"{self._core.origin.url}/api/"

    @property
    def page_url(self) -> str:
        """Where a person opens the workspace in a browser.

        Raises:
            RuntimeError: The workspace is not running.
        """
        return f"{self._core.origin.url}/"

    @property
    def bot_token(self) -> str:
        """For ``SLACK_BOT_TOKEN``.

        Raises:
            WorkspaceError: The app is not installed.
        """
        if self._options.tokens.bot is None:
            raise WorkspaceError("The app is not installed here. Install it, as a person does in a browser.")
        return self._options.tokens.bot

    @property
    def app_token(self) -> str:
        """For ``SLACK_APP_TOKEN``."""
        return self._options.tokens.app

    @property
    def signing_secret(self) -> str:
        """For ``SLACK_SIGNING_SECRET``."""
        return self._options.signing_secret

    @property
    def bot(self) -> User:
        """The bot user."""
        return self.state.users.bot

    @property
    def bot_user_id(self) -> str:
        """The bot's ``U...`` id."""
        return self._core.identity.bot_user_id

    @property
    def app_id(self) -> str:
        """The app's ``A...`` id."""
        return self._core.identity.app_id

    @property
    def team_id(self) -> str:
        """The workspace's ``T...`` id."""
        return self._core.identity.team_id

    @property
    def team_name(self) -> str:
        """The workspace's name."""
        return self._core.identity.team_name

    @property
    def enterprise(self) -> Enterprise | None:
        """The organization that the workspace belongs to."""
        return self._options.team.enterprise

    @property
    def is_installed(self) -> bool:
        """Whether the app is installed."""
        return self.installation.is_installed

    @property
    def connection_count(self) -> int:
        """How many Socket Mode connections the app has."""
        return self.socket_mode.connection_count

    # People, channels, and the page

    @property
    def people(self) -> list[User]:
        """Everybody but the bot."""
        return self.state.users.people

    @property
    def channels(self) -> list[Channel]:
        """All conversations, direct messages among them."""
        return list(self.state.channels.values())

    @property
    def choices(self) -> list[Choices]:
        """What people have chosen in the elements of messages."""
        return self.client.elements.choices

    @property
    def notices(self) -> list[Notice]:
        """The notices at the top of the page."""
        return self.state.notices.all

    def create_channel(
        self, name: str, members: Iterable[UserRef], kind: Literal["channel", "group", "mpim"] = "channel"
    ) -> Channel:
        """Create another channel without any event; the bot is a member only when it is named."""
        return self.state.channels.add(name, kind, {self.user(member).id for member in members})

    def connect(self, name: str, channel: ChannelRef, team_id: str = "T0PARTNER") -> User:
        """Add a person from another organization to a channel, which is shared over Slack Connect from then on."""
        person = self.state.users.add(User(f"U0{name.upper()}", name, name.title(), team_id=team_id))
        self.state.channels.add_member(self.channel(channel).id, person.id)
        return person

    def archive(self, channel: ChannelRef) -> Channel:
        """Archive a channel."""
        return self.state.channels.archive(self.channel(channel).id)

    def describe(self, channel: ChannelRef, about: str) -> None:
        """Say in the header of a channel what the app does there."""
        self.state.channels.describe(self.channel(channel).id, about)
