"""The page of the workspace in the browser, where a person uses the app as in Slack.

``page`` serves it, ``shown`` makes the JSON that it draws, ``requests`` carries out what a person does in it, and
``static/`` runs in the browser. The workspace holds everything that it shows, so two windows show the same and a reload
loses nothing.
"""

from localslack.page.content import PageContent
from localslack.page.page import Page

__all__ = ["Page", "PageContent"]
