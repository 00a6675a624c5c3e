"""What Slack's client offers a person: writing, using the app, and what is on the screen."""

from dataclasses import dataclass

from localslack.client.commands import Commands
from localslack.client.elements import Elements
from localslack.client.screen import Screen
from localslack.client.shortcuts import Shortcuts
from localslack.client.views import ViewActions
from localslack.client.writing import Writing


@dataclass(frozen=True, slots=True)
class Client:
    """The parts of Slack's client, for anybody in the workspace."""

    writing: Writing
    commands: Commands
    elements: Elements
    shortcuts: Shortcuts
    views: ViewActions
    screen: Screen
