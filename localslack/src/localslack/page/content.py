"""What a page says about the app that is tried in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageContent:
    """Words of the app's owner for the page.

    Attributes:
        samples: Questions to click where nothing has been said yet; without a mention.
        next_steps: How to go on to a real Slack workspace, one step each, as plain text.
    """

    samples: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
