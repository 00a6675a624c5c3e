"""The local workspace: everything a test, the terminal or a page does with it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, TypeAlias

from localslack import markup, world
from localslack.answers import Failure, NotJson
from localslack.block_kit import limits
from localslack.deliveries import Deliveries, Delivery, EnvelopeKind, Timing
from localslack.errors import WorkspaceError
from localslack.events import Events
from localslack.http_mode import HttpMode
from localslack.interactions import Interactions, Outcome
from localslack.interactivity import ResponseTargets, Triggers
from localslack.manifest import AppManifest
from localslack.model import Change, Channel, Choices, Message, Notice, Payload, User, View
from localslack.page import Page, PageContent
from localslack.payloads import Payloads
from localslack.responses import Responses
from localslack.server import Server
from localslack.socket_mode import DisconnectReason, SocketMode
from localslack.state import WorkspaceState
from localslack.subscriptions import Publisher, Subscription
from localslack.tokens import Tokens
from localslack.traffic import EnvelopeRecord, Traffic
from localslack.values import Choice
from localslack.views import Views
from localslack.web_api import WebApi
from localslack.world import LOCAL, Enterprise, Team

UserRef: TypeAlias = User | str
"""A user, or a user's id or handle."""

ChannelRef: TypeAlias = Channel | str
"""A channel, or a channel's id or name, with or without ``#``."""

RESPONSE_URL = "response_url"
"""In the place of a method, what `Workspace.fail_next` calls the use of a response_url."""

CONNECTION = "connection"
"""What it calls the opening of a Socket Mode connection."""

_HTTP_STATUS_OF_ERROR = {"ratelimited": 429}
DEFAULT_RETRY_AFTER_SECONDS = 1
USUAL_PAUSE_SECONDS = 0.15
# How often an app is asked whether it is done.
LOOK_SECONDS = 0.005


class Workspace:
    """A stand-in for a Slack workspace, in this process, for one app.

    The app connects to it as to Slack: ``SLACK_API_URL`` set to `api_url`, with the two tokens. It
    starts with three people (Maya, Andre, Priya), each with direct messages to the bot, and three
    channels: #general and #ask, where the bot is, and #random, where it is not.

    Use it as an asynchronous context manager, or call `start` and `stop`.

    Args:
        manifest: The app's ``manifest.json``. The app gets the scopes, events, commands and
            shortcuts that it names, and no others.
        team: Which workspace it is.
        bot_token: The bot token that is accepted; made up. None where the app is not installed.
        app_token: The app-level token that is accepted; made up.
        signing_secret: Signs the requests of HTTP mode; made up.
        timing: How long to wait for acks and between redeliveries.
        clock: Seconds since the epoch; decides over message timestamps, what has expired, and the ``Date`` of
            every answer of the Web API.
        page_content: What the page at `page_url` says of the app.

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
        app_manifest = AppManifest.from_mapping(manifest)
        self._manifest = app_manifest
        self._team = team
        self._identity = world.identity(app_manifest.bot_name, team)
        self._tokens = Tokens(bot_token, app_token)
        self._signing_secret = signing_secret
        self._publisher = Publisher()
        publish = self._publisher.publish
        self._traffic = Traffic(publish)
        self._state = WorkspaceState(
            bot=world.bot_user(self._identity),
            bot_id=self._identity.bot_id,
            clock=clock,
            observe=publish,
        )
        self._payloads = Payloads(self._identity, self._state)
        self._views = Views(self._state, publish)
        timing = timing or Timing()
        self._socket = SocketMode(
            app_id=self._identity.app_id,
            traffic=self._traffic,
            timing=timing,
            is_on=app_manifest.socket_mode,
            due_failure=lambda: self._web_api.take_failure(CONNECTION),
        )
        self._http = HttpMode(
            manifest=app_manifest, secret=signing_secret, traffic=self._traffic, timing=timing, clock=clock
        )
        self._transport = self._http if app_manifest.is_http else self._socket
        self._deliveries = Deliveries(transport=self._transport, traffic=self._traffic, timing=timing)
        self._events = Events(
            manifest=app_manifest,
            state=self._state,
            payloads=self._payloads,
            deliveries=self._deliveries,
            tokens=self._tokens,
        )
        triggers = Triggers(clock)
        self._web_api = WebApi(
            tokens=self._tokens,
            manifest=app_manifest,
            state=self._state,
            payloads=self._payloads,
            views=self._views,
            triggers=triggers,
            events=self._events,
            traffic=self._traffic,
            socket_url=self._new_socket_url,
            clock=clock,
        )
        responses = Responses(
            state=self._state,
            identity=self._identity,
            targets=ResponseTargets(clock),
            events=self._events,
            traffic=self._traffic,
            base_url=lambda: f"{self._server.origin}/response/",
            due_failure=lambda: self._web_api.take_failure(RESPONSE_URL),
        )
        self._interactions = Interactions(
            manifest=app_manifest,
            state=self._state,
            payloads=self._payloads,
            views=self._views,
            triggers=triggers,
            responses=responses,
            deliveries=self._deliveries,
            tokens=self._tokens,
            observe=publish,
        )
        self._page = Page(self, app_manifest, page_content or PageContent())
        self._server = Server(
            web_api=self._web_api,
            socket=self._socket,
            responses=responses,
            traffic=self._traffic,
            page=self._page.routes(),
        )
        self._notices: dict[str, Notice] = {}
        self._done_checks: list[Callable[[], bool]] = []
        # Channel id -> what `next_message` has to look behind.
        self._read_up_to: dict[str, str] = {}
        world.populate(self._state, team)

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
        await self._deliveries.close()
        await self._socket.close()
        await self._http.close()
        self._web_api.stop()
        await self._page.close()
        await self._server.stop()
        self._publisher.close()

    @property
    def api_url(self) -> str:
        """The base of the Web API, for ``SLACK_API_URL``; ends with a slash.

        Raises:
            RuntimeError: The workspace is not running.
        """
        return f"{self._server.origin}/api/"

    @property
    def page_url(self) -> str:
        """Where a person opens the workspace in a browser.

        Raises:
            RuntimeError: The workspace is not running.
        """
        return f"{self._server.origin}/"

    @property
    def bot_token(self) -> str:
        """For ``SLACK_BOT_TOKEN``.

        Raises:
            WorkspaceError: The app is not installed.
        """
        if self._tokens.bot is None:
            raise WorkspaceError("The app is not installed here. Install it, as a person does in a browser.")
        return self._tokens.bot

    @property
    def app_token(self) -> str:
        """For ``SLACK_APP_TOKEN``."""
        return self._tokens.app

    @property
    def signing_secret(self) -> str:
        """For ``SLACK_SIGNING_SECRET``."""
        return self._signing_secret

    @property
    def bot_user_id(self) -> str:
        """The bot's ``U...`` id."""
        return self._identity.bot_user_id

    @property
    def team_id(self) -> str:
        """The workspace's ``T...`` id."""
        return self._identity.team_id

    @property
    def team_name(self) -> str:
        """The workspace's name."""
        return self._identity.team_name

    @property
    def enterprise(self) -> Enterprise | None:
        """The organization that the workspace belongs to."""
        return self._team.enterprise

    @property
    def app_id(self) -> str:
        """The app's ``A...`` id."""
        return self._identity.app_id

    @property
    def web_api(self) -> WebApi:
        """What answers the calls of the app."""
        return self._web_api

    def has(self, id: str) -> bool:
        """Whether a channel or a user is of this workspace."""
        return id in self._state.channels or id in self._state.users

    # Installing

    @property
    def is_installed(self) -> bool:
        """Whether the app is."""
        return self._tokens.bot is not None

    def knows_token(self, token: str) -> bool:
        """Whether a bot token is good here, or was."""
        return token == self._tokens.bot or token in self._tokens.ended

    def install(self, bot_token: str, *, by_organization: bool = False) -> None:
        """Let the app in, with a token; the one before it is good no more, which Slack does not always do."""
        self._tokens.end("token_revoked")
        self._tokens.bot, self._tokens.by_organization = bot_token, by_organization

    def revoke_token(self, *, tells: bool = True) -> None:
        """Let the bot's token be good no more, and tell the app."""
        self._tokens.end("token_revoked")
        if tells:
            tokens = {"oauth": [], "bot": [self.bot_user_id]}
            self._events.left({"type": "tokens_revoked", "tokens": tokens}, self._tokens.by_organization)

    def uninstall(self, *, tells: bool = True) -> None:
        """Put the app out, and tell it. Slack also tells it of the token: see `revoke_token`."""
        self._tokens.end("account_inactive")
        if tells:
            self._events.left({"type": "app_uninstalled"}, self._tokens.by_organization)

    def leave_organization(self) -> None:
        """Take the app that the organization has installed away from this workspace alone, and tell it."""
        self._tokens.end("account_inactive")
        self._events.left({"type": "team_access_revoked", "team_ids": [self.team_id]}, by_organization=True)

    def _new_socket_url(self) -> str:
        origin = self._server.origin.replace("http://", "ws://", 1)
        return f"{origin}/link?ticket={self._socket.issue_ticket()}&app_id={self._identity.app_id}"

    # Connections, waiting, failures

    @property
    def connection_count(self) -> int:
        """How many Socket Mode connections the app has."""
        return self._socket.connection_count

    async def wait_connected(self, timeout_seconds: float = 10.0) -> None:
        """Return once the app is connected; in HTTP mode, once it answers at its address.

        Raises:
            TimeoutError: It did not connect in time.
        """
        async with asyncio.timeout(timeout_seconds):
            await self._transport.connected()

    def balance(self, origins: Sequence[str]) -> None:
        """In HTTP mode, send to several ``http://HOST:PORT`` in turn, as a load balancer at the app's address would."""
        self._http.balance(origins)

    async def refresh_connections(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Send the app a ``disconnect`` frame on every connection."""
        await self._socket.refresh(reason)

    def go_silent(self) -> None:
        """Let all Socket Mode connections die without a word, as where a router in between forgets them.

        They stay open, and nothing is sent over them, heard or answered any more; not even pings.
        """
        self._socket.go_silent()

    @contextmanager
    def waiting_for(self, is_done: Callable[[], bool]) -> Iterator[None]:
        """Let `settle` ask an app of this process itself, inside the context, whether it has nothing left to do.

        Args:
            is_done: Says so of all work that does not show here; has to be false from before it acknowledges an
                envelope until what follows from that is over.
        """
        self._done_checks.append(is_done)
        try:
            yield
        finally:
            self._done_checks.remove(is_done)

    async def settle(self, quiet_seconds: float | None = None, timeout_seconds: float = 20.0) -> None:
        """Return once the app has done what it was going to do.

        That is: every envelope is acknowledged or given up, no call of the Web API or of a response_url has been under
        way for ``quiet_seconds``, and every app that can be asked says that it is done.

        Args:
            quiet_seconds: None for no pause where an app can be asked (see `waiting_for`), and else for one that most
                apps do not make between two calls: work that shows in neither way for longer is not noticed then.
            timeout_seconds: How long to wait at most.

        Raises:
            TimeoutError: It did not become quiet in time; names what was still under way.
        """
        if quiet_seconds is None:
            quiet_seconds = 0.0 if self._done_checks else USUAL_PAUSE_SECONDS
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._traffic.quiet(quiet_seconds)
                while not all(is_done() for is_done in self._done_checks):
                    await asyncio.sleep(LOOK_SECONDS)
                    await self._traffic.quiet(quiet_seconds)
        except TimeoutError:
            waiting = ", ".join(self._traffic.what_is_under_way) or "work between its calls"
            raise TimeoutError(f"After {timeout_seconds} s the app was not done: {waiting}.") from None

    def fail_next(
        self,
        method: str,
        error: str = "internal_error",
        *,
        status: int | None = None,
        retry_after_seconds: int | None = None,
        times: int = 1,
        channel: ChannelRef | None = None,
        page: NotJson | None = None,
        is_done: bool = False,
        done_after_seconds: float | None = None,
        is_lost: bool = False,
        late_seconds: float = 0.0,
    ) -> None:
        """Let the next calls fail.

        Args:
            method: Such as ``chat.postMessage``; or `RESPONSE_URL` or `CONNECTION`.
            error: Slack's error code. ``ratelimited`` comes with status 429 and ``Retry-After``.
            status: The HTTP status, where it is not 200 or, for ``ratelimited``, 429.
            retry_after_seconds: For the ``Retry-After`` header.
            times: How many calls fail.
            channel: Only calls about this conversation fail; of methods of the Web API.
            page: What they get in the place of JSON.
            is_done: What they ask for is done all the same; of methods of the Web API.
            done_after_seconds: It is done so long after the call, whatever the app has done meanwhile; of methods of
                the Web API.
            is_lost: The connection is cut in the place of an answer.
            late_seconds: How long the answer is held back; of methods of the Web API.
        """
        if error == "ratelimited" and retry_after_seconds is None:
            retry_after_seconds = DEFAULT_RETRY_AFTER_SECONDS
        status = status or _HTTP_STATUS_OF_ERROR.get(error, 200)
        failure = Failure(
            error,
            status,
            retry_after_seconds,
            None if channel is None else self.channel(channel).id,
            page,
            is_done,
            done_after_seconds,
            is_lost,
            late_seconds,
        )
        self._web_api.fail_next(method, failure, times)

    def recover(self, method: str) -> None:
        """Let no more calls of a method fail."""
        self._web_api.recover(method)

    # Who and where

    @property
    def people(self) -> list[User]:
        """Everybody but the bot."""
        return [user for user in self._state.users.values() if not user.is_bot]

    @property
    def channels(self) -> list[Channel]:
        """All conversations, direct messages among them."""
        return list(self._state.channels.values())

    @property
    def bot(self) -> User:
        """The bot user."""
        return self._state.bot

    def user(self, user: UserRef) -> User:
        """A user as they are.

        Raises:
            WorkspaceError: There is none.
        """
        wanted = user.id if isinstance(user, User) else user.removeprefix("@")
        for candidate in self._state.users.values():
            if wanted in (candidate.id, candidate.name):
                return candidate
        raise WorkspaceError(f"Nobody here is {wanted!r}. There are: {_names(self._state.users.values())}.")

    def channel(self, channel: ChannelRef) -> Channel:
        """A conversation as it is.

        Raises:
            WorkspaceError: There is none.
        """
        wanted = channel.id if isinstance(channel, Channel) else channel.removeprefix("#")
        for candidate in self._state.channels.values():
            if wanted and wanted in (candidate.id, candidate.name):
                return candidate
        raise WorkspaceError(f"There is no channel {wanted!r}, only {_names(self._state.channels.values())}.")

    def direct_channel(self, user: UserRef) -> Channel:
        """The direct messages of a person and the bot.

        Raises:
            WorkspaceError: There are none.
        """
        channel = self._state.direct_channel(self.user(user).id)
        if channel is None:
            raise WorkspaceError(f"{user} has no direct messages with the bot.")
        return channel

    def create_channel(
        self, name: str, members: Iterable[UserRef], kind: Literal["channel", "group", "mpim"] = "channel"
    ) -> Channel:
        """Open another channel; nobody is told, and the bot is in it only when it is named."""
        return self._state.add_channel(name, kind, {self.user(member).id for member in members})

    def connect(self, name: str, channel: ChannelRef, team_id: str = "T0PARTNER") -> User:
        """Let a person of another organization into a channel, which Slack Connect shares with it from then on."""
        person = self._state.add_user(User(f"U0{name.upper()}", name, name.title(), team_id=team_id))
        self._state.add_member(self.channel(channel).id, person.id)
        return person

    def archive(self, channel: ChannelRef) -> Channel:
        """Archive a channel."""
        return self._state.archive(self.channel(channel).id)

    def typed(self, text: str) -> str:
        """What Slack's client sends for a text as typed: see `markup.typed`."""
        people = {}
        for user in self._state.users.values():
            people[user.name] = people[user.real_name] = user.id
        channels = {channel.name: channel.id for channel in self.channels if channel.name}
        return markup.typed(text, people=people, channels=channels)

    # What people say

    async def post(
        self,
        user: UserRef | None,
        channel: ChannelRef,
        text: str,
        *,
        thread_ts: str | None = None,
        subtype: str | None = None,
        files: Iterable[Payload] = (),
        blocks: Iterable[Payload] = (),
        attachments: Iterable[Payload] = (),
        bot_id: str | None = None,
        app_id: str | None = None,
    ) -> Message:
        """Write a message.

        Args:
            user: The author; None only together with ``bot_id``.
            channel: Where.
            text: With Slack's markup and escapes, as `typed` makes it.
            thread_ts: The thread to reply in; a reply's own ``ts`` means the thread it is in.
            subtype: ``thread_broadcast`` or ``me_message``, or any that a test needs; with
                ``files`` it is ``file_share`` by itself.
            files: Slack's file objects.
            blocks: What Slack's client makes of quotes and lists, or an app lays out.
            attachments: Such as a message that is forwarded with this one.
            bot_id: Given, another app than the one under test writes it; for the user, where there is one.
            app_id: The ``A...`` id of that app.

        Raises:
            WorkspaceError: Slack's client would not let this person write that there.
        """
        author = self.user(user) if user is not None else None
        place = self.channel(channel)
        self._refuse_unwritable(author, place, text)
        files = tuple(files)
        message = self._state.post(
            place.id,
            text,
            user_id=author.id if author else None,
            thread_ts=self._parent_ts(place, thread_ts),
            subtype=subtype or ("file_share" if files else None),
            blocks=blocks,
            files=files,
            attachments=attachments,
            bot_id=bot_id,
            app_id=app_id,
        )
        self._read_up_to[place.id] = message.ts
        self._events.posted(message)
        return message

    async def mention(self, user: UserRef, channel: ChannelRef, text: str, *, thread_ts: str | None = None) -> Message:
        """Write a message that begins by mentioning the bot; `post` tells the rest."""
        mention = f"<@{self.bot_user_id}> {text}".rstrip()
        return await self.post(user, channel, mention, thread_ts=thread_ts)

    async def direct_message(self, user: UserRef, text: str, *, thread_ts: str | None = None) -> Message:
        """Write to the bot directly; `post` tells the rest."""
        return await self.post(user, self.direct_channel(user), text, thread_ts=thread_ts)

    async def edit(self, message: Message, text: str) -> Message:
        """Let the author of a message change its text.

        Raises:
            WorkspaceError: The message has been deleted, or Slack's client would not let its author write that.
        """
        before = self._state.current(message)
        author = self._state.users.get(before.user_id or "")
        self._refuse_unwritable(author, self.channel(before.channel_id), text)
        after = self._state.change(before, text=text, edited_by=before.user_id, edited_ts=self._state.next_ts())
        self._events.changed(before, after)
        return after

    async def delete(self, message: Message) -> None:
        """Let the author of a message delete it; the parent of a thread leaves a tombstone.

        Raises:
            WorkspaceError: The message has been deleted before.
        """
        message = self._state.current(message)
        tombstone = self._state.delete(message)
        if tombstone is None:
            self._events.deleted(message)
        else:
            self._events.changed(message, tombstone)

    async def join(self, user: UserRef, channel: ChannelRef) -> Message:
        """Let a person, or the bot, into a channel; gives the message that says so."""
        newcomer = self.user(user)
        place = self._state.add_member(self.channel(channel).id, newcomer.id)
        message = self._state.post(
            place.id,
            f"<@{newcomer.id}> has joined the channel",
            user_id=newcomer.id,
            subtype="channel_join",
        )
        self._events.joined(place, newcomer.id)
        self._events.posted(message)
        return message

    def _refuse_unwritable(self, author: User | None, channel: Channel, text: str) -> None:
        where = f"#{channel.name}" if channel.name else channel.id
        if channel.is_archived:
            raise WorkspaceError(f"{where} is archived.")
        if author is not None and author.id not in channel.members:
            raise WorkspaceError(f"{author.name} is not in {where}; join first.")
        if channel.kind == "im" and not self._manifest.direct_messages:
            raise WorkspaceError(
                "Sending messages to this app has been turned off: the manifest's features.app_home "
                "needs messages_tab_enabled on and messages_tab_read_only_enabled off."
            )
        if len(text) > limits.MESSAGE_TEXT_CHARACTERS:
            raise WorkspaceError(f"A message has at most {limits.MESSAGE_TEXT_CHARACTERS} characters.")

    def _parent_ts(self, channel: Channel, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        message = self._state.message(channel.id, thread_ts)
        if message is None:
            raise WorkspaceError(f"There is no message {thread_ts} in {channel.id} to reply to.")
        return message.thread_ts or message.ts

    # What people do with the app

    async def slash(self, user: UserRef, channel: ChannelRef, command: str, text: str = "") -> Outcome:
        """Run a slash command and wait for the ack.

        The `Outcome` has what the ack showed, or what Slack tells the person instead.

        Raises:
            WorkspaceError: The person is not in the channel.
        """
        person, place = self.user(user), self.channel(channel)
        if person.id not in place.members:
            raise WorkspaceError(f"{person.name} is not in {place.name or place.id}; join first.")
        if len(text) > limits.MESSAGE_TEXT_CHARACTERS:
            raise WorkspaceError(f"A command has at most {limits.MESSAGE_TEXT_CHARACTERS} characters.")
        self._look_behind_now(place.id)
        return await self._interactions.slash(person, place, command, text)

    async def click(
        self,
        user: UserRef,
        message: Message,
        *,
        action_id: str,
        value: Choice = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Use an element of a message and wait for the ack.

        Args:
            user: Who does it.
            message: Any copy of the message; its elements are looked up as they are now.
            action_id: Which element.
            value: For a menu the value of the option (a list of them for a multi-select), for
                feedback buttons the value of one, for pickers and inputs what is entered. For a
                button None, or its value where several share an ``action_id``.
            block_id: Where several elements in different blocks share an ``action_id``.

        Raises:
            WorkspaceError: The message or the element is not there, or does not offer the value.
        """
        self._look_behind_now(message.channel_id)
        return await self._interactions.act_on_message(self.user(user), message, action_id, value, block_id)

    async def click_in_view(
        self, view: View, *, action_id: str, value: Choice = None, block_id: str | None = None
    ) -> Outcome:
        """Use an element of a modal or Home tab and wait for the ack; arguments as of `click`.

        An input block without ``dispatch_action`` is only filled in.
        """
        return await self._interactions.act_on_view(view, action_id, value, block_id)

    def fill_in(self, view: View, *, action_id: str, value: Choice, block_id: str | None = None) -> None:
        """Fill in an element of a view without telling the app yet; arguments as of `click`."""
        self._interactions.fill_in(view, action_id, value, block_id)

    async def shortcut(self, user: UserRef, message: Message, callback_id: str) -> Outcome:
        """Choose a message shortcut and wait for the ack.

        Raises:
            WorkspaceError: The manifest has no such shortcut.
        """
        self._look_behind_now(message.channel_id)
        return await self._interactions.message_shortcut(self.user(user), message, callback_id)

    async def global_shortcut(self, user: UserRef, callback_id: str) -> Outcome:
        """Choose a global shortcut and wait for the ack.

        Raises:
            WorkspaceError: The manifest has no such shortcut.
        """
        return await self._interactions.global_shortcut(self.user(user), callback_id)

    async def submit_view(self, view: View, values: Mapping[str, Choice] | None = None) -> Outcome:
        """Fill in a modal, submit it, wait for the ack and do what it says.

        Args:
            view: Any copy of the view.
            values: action_id -> what is entered, as ``value`` of `click`.

        Returns:
            With ``errors`` by block_id when the app found the values wrong; the modal is then still open.

        Raises:
            WorkspaceError: The view is not open, has no such element, or a field is still empty.
        """
        return await self._interactions.submit(view, values or {})

    async def close_view(self, view: View) -> Outcome:
        """Close a modal; waits for the ack where the view has ``notify_on_close``."""
        return await self._interactions.close(view)

    async def open_home(self, user: UserRef, tab: Literal["home", "messages"] = "home") -> None:
        """Look at the app's Home or Messages tab; what the app publishes then shows in `home`.

        Raises:
            WorkspaceError: The manifest has no Home tab.
        """
        if tab == "home" and not self._manifest.home_tab:
            raise WorkspaceError("The manifest has features.app_home.home_tab_enabled off.")
        person = self.user(user)
        home = self._views.home(person.id)
        view = self._payloads.view(home) if home is not None and tab == "home" else None
        self._events.home_opened(person.id, self.direct_channel(person), tab, view)

    # Raw events

    async def deliver(
        self, event: Mapping[str, Any], *, event_id: str | None = None, retry_attempt: int = 0
    ) -> Delivery:
        """Send the app an event as it stands, whatever the manifest says, without waiting for the ack."""
        return self._events.send_raw(dict(event), event_id=event_id, retry_attempt=retry_attempt)

    async def deliver_payload(self, kind: EnvelopeKind, payload: Any) -> Delivery:
        """Send the app any payload, even one that Slack would never send, without waiting for the ack."""
        return self._deliveries.deliver(kind, payload)

    async def redeliver(self, delivery: Delivery | EnvelopeRecord, retry_attempt: int = 1) -> Delivery:
        """Send the payload of an earlier event again, with the same ``event_id``."""
        return self._deliveries.deliver(
            "events_api",
            delivery.payload,
            retry_attempt=retry_attempt,
            retry_reason="timeout" if retry_attempt else None,
        )

    # What can be seen

    def messages(self, channel: ChannelRef, thread_ts: str | None = None) -> list[Message]:
        """What everybody in a channel sees, oldest first.

        Args:
            channel: Which.
            thread_ts: Given, the parent and the replies of that thread; else the channel itself,
                where replies show only if they were also sent to the channel.
        """
        channel_id = self.channel(channel).id
        if thread_ts is None:
            return [message for message in self._state.messages(channel_id) if message.is_top_level]
        parent = self._state.message(channel_id, thread_ts)
        replies = self._state.replies(channel_id, thread_ts)
        return replies if parent is None else [parent, *replies]

    def all_messages(self, channel: ChannelRef) -> list[Message]:
        """What everybody in a channel and in its threads sees, oldest first."""
        return self._state.messages(self.channel(channel).id)

    def message(self, channel: ChannelRef, ts: str) -> Message | None:
        """One message as it stands; None when there is none."""
        return self._state.message(self.channel(channel).id, ts)

    def ephemerals(self, user: UserRef, channel: ChannelRef) -> list[Message]:
        """What one person alone sees in a channel, oldest first."""
        return self._state.ephemerals(self.channel(channel).id, self.user(user).id)

    def home(self, user: UserRef) -> View | None:
        """A person's Home tab; None when the app has published none."""
        return self._views.home(self.user(user).id)

    @property
    def choices(self) -> list[Choices]:
        """What people have chosen in the elements of messages."""
        return self._interactions.choices

    def views(self, user: UserRef) -> list[View]:
        """The modals on a person's screen, the top one last."""
        return self._views.modals(self.user(user).id)

    @property
    def notices(self) -> list[Notice]:
        """What stands at the top of the page."""
        return list(self._notices.values())

    def notify(self, key: str, text: str, level: Literal["info", "error"] = "info") -> None:
        """Put a notice on the page, in the place of that with the same key; an empty text withdraws it."""
        notice = Notice(key, level, text)
        if text:
            self._notices[key] = notice
        else:
            self._notices.pop(key, None)
        self._publisher.publish(Change("notice_changed", notice))

    def describe(self, channel: ChannelRef, about: str) -> None:
        """Say in the header of a channel what the app does there."""
        self._state.describe(self.channel(channel).id, about)

    @property
    def traffic(self) -> Traffic:
        """What went over the wire."""
        return self._traffic

    def subscribe(self) -> Subscription:
        """Follow all changes from now on."""
        return self._publisher.subscribe()

    async def next_message(
        self, channel: ChannelRef, thread_ts: str | None = None, timeout_seconds: float = 5.0
    ) -> Message:
        """Wait for the bot's next message that everybody in a channel sees.

        Next means: after the last thing that a person did there (wrote, clicked, ran a command),
        and after the last message that this gave back for the channel.

        Args:
            channel: Where.
            thread_ts: Only in this thread; else in the channel or any of its threads.
            timeout_seconds: How long to wait.

        Raises:
            TimeoutError: None came in time.
        """
        channel_id = self.channel(channel).id
        changes = self.subscribe()
        try:
            async with asyncio.timeout(timeout_seconds):
                while (found := self._unread(channel_id, thread_ts)) is None:
                    await anext(changes)
        except TimeoutError:
            where = f"thread {thread_ts} of {channel_id}" if thread_ts else channel_id
            raise TimeoutError(f"For {timeout_seconds} s the bot posted nothing in {where}.") from None
        finally:
            changes.close()
        self._read_up_to[channel_id] = found.ts
        return found

    async def wait_until(self, holds: Callable[[], bool], timeout_seconds: float = 5.0) -> None:
        """Wait until something has become true in the workspace.

        Args:
            holds: Asked now, and again after every change.
            timeout_seconds: How long to wait.

        Raises:
            TimeoutError: It did not become true in time.
        """
        changes = self.subscribe()
        try:
            async with asyncio.timeout(timeout_seconds):
                while not holds():
                    await anext(changes)
        finally:
            changes.close()

    def _look_behind_now(self, channel_id: str) -> None:
        self._read_up_to[channel_id] = self._state.next_ts()

    def _unread(self, channel_id: str, thread_ts: str | None) -> Message | None:
        read_up_to = self._read_up_to.get(channel_id, "")
        for message in self._state.messages(channel_id):
            is_meant = message.bot_id == self._identity.bot_id and thread_ts in (None, message.thread_ts)
            if is_meant and _after(message.ts, read_up_to):
                return message
        return None


def _after(ts: str, other: str) -> bool:
    # As text: both have ten digits before the dot and six behind it until the year 2286.
    return ts > other


def _names(named: Iterable[User] | Iterable[Channel]) -> str:
    return ", ".join(one.name or one.id for one in named)
