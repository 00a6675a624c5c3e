"""What the tests of the workspace share: a manifest that grants everything, a clock, a socket."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from aiohttp import ClientSession, ClientWebSocketResponse

from localslack import Timing, Workspace

Manifest: TypeAlias = dict[str, Any]
Call: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]

# Acks may take their time on a busy machine; only tests of late acks wait for what does not come.
PATIENT = Timing(retry_delays_seconds=(0.01, 0.01, 0.01))
IMPATIENT = Timing(ack_timeout_seconds=0.1, retry_delays_seconds=(0.01, 0.01, 0.01))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Socket:
    """The app's end of a Socket Mode connection, acknowledging only when told to."""

    def __init__(self, connection: ClientWebSocketResponse, hello: Mapping[str, Any]) -> None:
        self.connection = connection
        self.hello = hello

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        frame: dict[str, Any] = await self.connection.receive_json(timeout=5)
        return frame

    async def ack(self, envelope: Mapping[str, Any], payload: Mapping[str, Any] | None = None) -> None:
        """Acknowledge an envelope."""
        answer: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if payload is not None:
            answer["payload"] = payload
        await self.connection.send_json(answer)

    async def receive_acked(self, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The next frame, acknowledged."""
        envelope = await self.receive()
        await self.ack(envelope, payload)
        return envelope


async def connect_to(workspace: Workspace, session: ClientSession) -> Socket:
    """Open a Socket Mode connection and read its hello."""
    headers = {"Authorization": f"Bearer {workspace.app_token}"}
    async with session.post(workspace.api_url + "apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    connection = await session.ws_connect(url)
    return Socket(connection, await connection.receive_json(timeout=5))


def full_manifest() -> Manifest:
    """A manifest that grants everything that the workspace knows."""
    scopes = ["app_mentions:read", "chat:write", "commands", "users:read"]
    kinds = ("channels", "groups", "im", "mpim")
    scopes += [f"{kind}:{right}" for kind in kinds for right in ("history", "read")]
    events = ["app_mention", "app_home_opened", "member_joined_channel"]
    return {
        "display_information": {"name": "Lunch Bot"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "lunch-bot"},
            "slash_commands": [{"command": "/lunch", "description": "Ask"}],
            "shortcuts": [
                {"name": "Explain", "type": "message", "callback_id": "explain", "description": "-"},
                {"name": "Ask", "type": "global", "callback_id": "ask", "description": "-"},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": [*events, *(f"message.{kind}" for kind in kinds)]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
