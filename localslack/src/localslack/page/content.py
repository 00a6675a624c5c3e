"""What the page says about the app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageContent:
    """Text for the page, written by the owner of the app.

    Attributes:
        samples: Questions to click in an empty channel; without a mention.
        next_steps: How to move on to a real Slack workspace, one step each, as plain text.
    """

    samples: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
