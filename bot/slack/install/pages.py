"""What an installer sees in the browser when Slack has sent them back. Pure."""

from __future__ import annotations

import html
from urllib.parse import quote

from slack_sdk.oauth.installation_store import Installation

# Slack's code stands in the address, and nothing here needs scripts, pictures or other sites.
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1.5rem;color:#1d1c1d;"
    "background:#fff}a{color:#0b57d0}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1a1d21}a{color:#8ab4f8}}"
)
_AGAIN = "Start again"
# What went wrong -> what to say of it. The codes are Bolt's, and Slack's for a refusal.
_FAILURES = {
    "access_denied": ("Nothing was installed", "You cancelled, and nothing has changed. You can come back any time."),
    "invalid_browser": (
        "This browser did not begin the installation",
        "The installation has to end in the browser that it began in, which has to keep cookies.",
    ),
    "invalid_state": ("This took too long", "An installation has to be finished within ten minutes, and only once."),
    "missing_code": ("This address is not complete", "Slack adds something to it when it sends you here."),
    "invalid_code": ("Slack did not confirm the installation", "That happens when a page is loaded a second time."),
}
_ANY_FAILURE = (
    "The installation did not work",
    "Slack refused it. An administrator may have to agree.",
)
_UNAVAILABLE = ("The installation could not be finished", "Something that the bot needs is not available right now.")


def installed_page(installation: Installation) -> str:
    """The bot is installed: where to go from here."""
    if installation.is_enterprise_install:
        url = f"{installation.enterprise_url}manage/organization/apps/profile/{installation.app_id}/workspaces/add"
        words = "Your organization has the bot now. An administrator chooses the workspaces that it works in."
        return _page("Installed", words, url, "Choose workspaces")
    url = f"https://app.slack.com/client/{quote(installation.team_id or '')}"
    words = "Your workspace has the bot now. Write to it directly, or invite it to a channel and mention it."
    return _page("Installed", words, url, "Open Slack")


def failed_page(reason: str, install_url: str) -> str:
    """The bot is not installed: why, and how to begin anew.

    Args:
        reason: Bolt's or Slack's code; anybody may have made it up, so only known ones are shown.
        install_url: Where an installation begins.
    """
    return _page(*_FAILURES.get(reason, _ANY_FAILURE), install_url, _AGAIN)


def unavailable_page(install_url: str) -> str:
    """The database or Slack could not be reached."""
    return _page(*_UNAVAILABLE, install_url, _AGAIN)


def _page(title: str, words: str, url: str, label: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(words)}</p>"
        f'<p><a href="{html.escape(url)}">{html.escape(label)}</a></p></main></body></html>\n'
    )
