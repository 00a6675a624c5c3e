"""The face of the local workspace: a page in the browser, where a person uses the app as in Slack.

``page`` serves it, ``shown`` says what it shows, ``requests`` does what a person asks for in it, and
``static/`` is what runs in the browser. Everything that is shown stands in the workspace, so that two windows show
the same and a reload loses nothing.
"""

from localslack.page.content import PageContent
from localslack.page.page import Page

__all__ = ["Page", "PageContent"]
