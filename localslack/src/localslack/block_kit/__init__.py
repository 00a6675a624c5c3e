"""Block Kit: what Slack accepts and what it refuses."""

from localslack.block_kit import limits
from localslack.block_kit.checks import Fault
from localslack.block_kit.rules import message_faults, view_faults
from localslack.block_kit.walk import PlacedElement, interactive_elements, with_ids

__all__ = [
    "Fault",
    "PlacedElement",
    "interactive_elements",
    "limits",
    "message_faults",
    "view_faults",
    "with_ids",
]
