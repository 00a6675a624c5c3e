"""The local workspace: a stand-in for Slack in one process, for tests and demonstrations.

It speaks Slack's Web API, Socket Mode, HTTP mode, slash commands and interactions over real HTTP
and WebSocket connections. A bot connects to it through ``SLACK_API_URL``, and nothing in
the bot is patched. It imports nothing of the bot.
"""

from localslack.answers import NotJson
from localslack.client.interaction import Outcome
from localslack.errors import WorkspaceError
from localslack.failures import CONNECTION, RESPONSE_URL
from localslack.model import Change, Channel, Message, Notice, User, View
from localslack.page import PageContent
from localslack.slack import Slack
from localslack.state.changes import Subscription
from localslack.transport.deliveries import Delivery, Timing
from localslack.transport.traffic import ApiCallRecord, EnvelopeRecord, ResponseUrlRecord, Traffic
from localslack.workspace import Workspace
from localslack.world import Enterprise, Team

__all__ = [
    "CONNECTION",
    "RESPONSE_URL",
    "ApiCallRecord",
    "Change",
    "Channel",
    "Delivery",
    "Enterprise",
    "EnvelopeRecord",
    "Message",
    "NotJson",
    "Notice",
    "Outcome",
    "PageContent",
    "ResponseUrlRecord",
    "Slack",
    "Subscription",
    "Team",
    "Timing",
    "Traffic",
    "User",
    "View",
    "Workspace",
    "WorkspaceError",
]
