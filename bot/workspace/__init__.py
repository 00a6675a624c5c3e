"""The local workspace: a stand-in for Slack in one process, for tests and demonstrations.

It speaks Slack's Web API, Socket Mode, HTTP mode, slash commands and interactions over real HTTP
and WebSocket connections. A bot connects to it through ``SLACK_API_URL``, and nothing in
the bot is patched. It imports nothing of the bot.
"""

from bot.workspace.answers import NotJson
from bot.workspace.deliveries import Delivery, Timing
from bot.workspace.errors import WorkspaceError
from bot.workspace.interactions import Outcome
from bot.workspace.model import Change, Channel, Message, Notice, User, View
from bot.workspace.page import PageContent
from bot.workspace.slack import Slack
from bot.workspace.subscriptions import Subscription
from bot.workspace.traffic import ApiCallRecord, EnvelopeRecord, ResponseUrlRecord, Traffic
from bot.workspace.workspace import CONNECTION, RESPONSE_URL, Workspace
from bot.workspace.world import Enterprise, Team

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
