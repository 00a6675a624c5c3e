"""Reads and checks the content of a message or a view: from a call, a response_url body or an ack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localslack.block_kit import limits, message_faults, view_faults
from localslack.errors import ApiError
from localslack.model import Payload


@dataclass(frozen=True, slots=True)
class Content:
    """The text and blocks of a message, valid for Slack.

    Attributes:
        text: Empty when only blocks were given.
        blocks: None when the field was not given; an empty list when it was given and empty.
    """

    text: str
    blocks: list[Payload] | None

    @property
    def lacks_text(self) -> bool:
        """Whether notifications and screen readers would have nothing to read."""
        return bool(self.blocks) and not self.text.strip()


def message_content(arguments: Mapping[str, Any]) -> Content:
    """Read ``text`` and ``blocks``.

    Raises:
        ApiError: ``no_text``, ``msg_too_long``, ``invalid_blocks_format`` or ``invalid_blocks``.
    """
    blocks = arguments.get("blocks")
    if blocks is not None:
        blocks = decoded(blocks, "invalid_blocks_format")
        faults = message_faults(blocks)
        if faults:
            raise ApiError("invalid_blocks", [fault.line for fault in faults])
    text = arguments.get("text")
    text = "" if text is None else str(text)
    if len(text) > limits.MESSAGE_TEXT_CHARACTERS:
        raise ApiError("msg_too_long")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    return Content(text, blocks)


def view_body(value: Any) -> Payload:
    """Read a view.

    Raises:
        ApiError: ``invalid_arguments``, naming every fault.
    """
    view = decoded(value, "invalid_arguments")
    faults = view_faults(view)
    if faults:
        raise ApiError("invalid_arguments", [fault.line for fault in faults])
    body: Payload = view
    return body


def message_metadata(value: Any) -> Payload | None:
    """Read ``metadata``; None when it is not given or empty.

    Raises:
        ApiError: ``invalid_metadata_format`` or ``invalid_metadata_schema``.
    """
    if value is None:
        return None
    metadata = decoded(value, "invalid_metadata_format")
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    if not metadata:
        return None
    is_named = isinstance(metadata.get("event_type"), str) and metadata["event_type"]
    if not is_named or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_schema")
    return metadata


def decoded(value: Any, error: str) -> Any:
    """A structure that may also come as a string of JSON, as it does in a form."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError(error) from None
