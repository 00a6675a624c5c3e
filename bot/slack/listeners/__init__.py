"""Bolt listeners: a module for each feature, each with a ``register``. Questions are taken by `bot.slack.intake`."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.slack.listeners import commands, feedback, home, shortcuts, unhandled
from bot.slack.services import Services

# The first listener that matches a request gets it, so the catch-all comes last.
_MODULES = (home, commands, feedback, shortcuts, unhandled)


def register_all(app: AsyncApp, services: Services) -> None:
    """Register every listener."""
    for module in _MODULES:
        module.register(app, services)
