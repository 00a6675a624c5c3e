"""How the parts of a workspace depend on each other; each takes only what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localslack import world
from localslack.client import Client
from localslack.client.commands import Commands
from localslack.client.elements import Elements
from localslack.client.interaction import Interactions
from localslack.client.screen import Screen
from localslack.client.shortcuts import Shortcuts
from localslack.client.views import ViewActions
from localslack.client.writing import Writing
from localslack.events import Events
from localslack.failures import Failures
from localslack.installation import Installation
from localslack.interactivity import ResponseTargets, Triggers
from localslack.manifest import AppManifest
from localslack.origin import Origin
from localslack.page import Page, PageContent
from localslack.payloads import Payloads
from localslack.raw import RawDeliveries
from localslack.responses import Responses
from localslack.server import Server
from localslack.settling import Settling
from localslack.state import State
from localslack.state.changes import Publisher
from localslack.tokens import Tokens
from localslack.transport.deliveries import Deliveries, Timing
from localslack.transport.http_mode import HttpMode
from localslack.transport.socket_mode import SocketMode
from localslack.transport.traffic import Traffic
from localslack.unread import Unread
from localslack.web_api.access import Access
from localslack.web_api.api import WebApi
from localslack.web_api.auth import AppMethods, AuthMethods
from localslack.web_api.chat import ChatMethods
from localslack.web_api.conversations import ConversationMethods
from localslack.web_api.users import UserMethods
from localslack.web_api.views import ViewMethods
from localslack.world import Team


@dataclass(frozen=True, slots=True)
class Options:
    """The arguments of `Workspace`, which documents them."""

    manifest: AppManifest
    team: Team
    tokens: Tokens
    signing_secret: str
    timing: Timing
    clock: Callable[[], float]
    page_content: PageContent


class Core:
    """The state of a workspace, and what reports and records its changes."""

    def __init__(self, options: Options) -> None:
        self.identity = world.identity(options.manifest.bot_name, options.team)
        self.origin = Origin()
        self.publisher = Publisher()
        self.traffic = Traffic(self.publisher.publish)
        self.state = State(
            bot=world.bot_user(self.identity),
            bot_id=self.identity.bot_id,
            clock=options.clock,
            observe=self.publisher.publish,
        )
        self.payloads = Payloads(self.identity, self.state)
        self.failures = Failures(self.state.channels)
        self.unread = Unread(self.state, self.identity.bot_id, self.publisher)
        self.settling = Settling(self.traffic, self.publisher)
        self.triggers = Triggers(options.clock, options.timing.trigger_seconds)


class AppLink:
    """What reaches the app: events, interactions, and the answers to its response_urls."""

    def __init__(self, core: Core, options: Options) -> None:
        self.socket_mode = SocketMode(
            app_id=core.identity.app_id,
            traffic=core.traffic,
            timing=options.timing,
            is_on=options.manifest.socket_mode,
            failures=core.failures,
            origin=core.origin,
        )
        self.http_mode = HttpMode(
            manifest=options.manifest,
            secret=options.signing_secret,
            traffic=core.traffic,
            timing=options.timing,
            clock=options.clock,
        )
        self.transport = self.http_mode if options.manifest.is_http else self.socket_mode
        self.deliveries = Deliveries(transport=self.transport, traffic=core.traffic, timing=options.timing)
        self.events = Events(
            manifest=options.manifest,
            state=core.state,
            payloads=core.payloads,
            deliveries=self.deliveries,
            tokens=options.tokens,
        )
        self.raw = RawDeliveries(self.events, self.deliveries)
        self.installation = Installation(core.identity, options.tokens, self.events)
        self.responses = Responses(
            state=core.state,
            identity=core.identity,
            targets=ResponseTargets(options.clock),
            events=self.events,
            traffic=core.traffic,
            origin=core.origin,
            failures=core.failures,
        )


def web_api(core: Core, link: AppLink, options: Options) -> WebApi:
    """The Web API with all its methods."""
    manifest, state, payloads = options.manifest, core.state, core.payloads
    access = Access(manifest, core.identity, state)
    return WebApi(
        bot_methods={
            **AuthMethods(core.identity, state, options.tokens).handlers(),
            **ChatMethods(access, state, payloads, link.events).handlers(),
            **ConversationMethods(access, state, payloads).handlers(),
            **UserMethods(access, state, payloads).handlers(),
            **ViewMethods(manifest, state, payloads, core.triggers).handlers(),
        },
        app_methods=AppMethods(manifest, link.socket_mode).handlers(),
        tokens=options.tokens,
        manifest=manifest,
        failures=core.failures,
        traffic=core.traffic,
        clock=options.clock,
    )


def client(core: Core, link: AppLink, options: Options) -> Client:
    """Slack's client for the people of the workspace."""
    manifest, state, payloads, unread = options.manifest, core.state, core.payloads, core.unread
    interactions = Interactions(
        manifest=manifest,
        identity=core.identity,
        state=state,
        tokens=options.tokens,
        triggers=core.triggers,
        deliveries=link.deliveries,
    )
    return Client(
        writing=Writing(manifest=manifest, state=state, events=link.events, unread=unread),
        commands=Commands(
            manifest=manifest,
            state=state,
            tokens=options.tokens,
            interactions=interactions,
            responses=link.responses,
            unread=unread,
        ),
        elements=Elements(
            state=state,
            payloads=payloads,
            interactions=interactions,
            responses=link.responses,
            unread=unread,
            observe=core.publisher.publish,
        ),
        shortcuts=Shortcuts(
            manifest=manifest,
            state=state,
            payloads=payloads,
            interactions=interactions,
            responses=link.responses,
            unread=unread,
        ),
        views=ViewActions(
            manifest=manifest, state=state, payloads=payloads, interactions=interactions, events=link.events
        ),
        screen=Screen(state),
    )


def page(core: Core, client: Client, options: Options) -> Page:
    """The page in the browser."""
    return Page(
        client=client,
        state=core.state,
        traffic=core.traffic,
        publisher=core.publisher,
        manifest=options.manifest,
        content=options.page_content,
    )


def server(core: Core, link: AppLink, api: WebApi, page: Page) -> Server:
    """The HTTP server of the Web API, Socket Mode, the response_urls and the page."""
    return Server(
        origin=core.origin,
        web_api=api,
        socket=link.socket_mode,
        responses=link.responses,
        traffic=core.traffic,
        page=page.routes(),
    )
