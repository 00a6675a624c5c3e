"""Whether Slack would accept the blocks of a message, or a view, with every fault that it would report."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from localslack.block_kit import limits
from localslack.block_kit.blocks import home_block, message_block, modal_block
from localslack.block_kit.checks import Check, Fault, boolean, items, shape, string
from localslack.block_kit.elements import plain_text
from localslack.block_kit.walk import all_blocks, elements_in


def message_faults(blocks: Any) -> list[Fault]:
    """What Slack would refuse in the ``blocks`` of a message; empty when it accepts them."""
    faults = list(items(message_block, most=limits.MESSAGE_BLOCKS, least=0)(blocks, "/blocks"))
    # The rules below read fields that the checks above have found valid.
    return faults or [*_faults_between_blocks(blocks, "/blocks"), *_faults_of_totals(blocks)]


def view_faults(view: Any) -> list[Fault]:
    """What Slack would refuse in a view; empty when it accepts it."""
    if not isinstance(view, dict):
        return [Fault("must provide an object", "/view")]
    if view.get("type") == "modal":
        faults = list(_modal(view, "/view")) or list(_submit_is_there(view))
    elif view.get("type") == "home":
        faults = list(_home(view, "/view"))
    else:
        return [Fault(f"unsupported type: {view.get('type')}", "/view/type")]
    return faults or list(_faults_between_blocks(view["blocks"], "/view/blocks"))


_of_every_view: dict[str, Check] = {
    "private_metadata": string(most=limits.VIEW_PRIVATE_METADATA_CHARACTERS, least=0),
    "callback_id": string(most=limits.VIEW_CALLBACK_ID_CHARACTERS, least=0),
    "external_id": string(most=limits.VIEW_EXTERNAL_ID_CHARACTERS, least=0),
}

_modal = shape(
    {
        "title": plain_text(most=limits.VIEW_TITLE_CHARACTERS),
        "blocks": items(modal_block, most=limits.VIEW_BLOCKS),
    },
    {
        **_of_every_view,
        "submit": plain_text(most=limits.VIEW_BUTTON_CHARACTERS),
        "close": plain_text(most=limits.VIEW_BUTTON_CHARACTERS),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)

_home = shape({"blocks": items(home_block, most=limits.VIEW_BLOCKS)}, _of_every_view)


def _submit_is_there(view: dict[str, Any]) -> Iterator[Fault]:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        yield Fault("missing required field: submit", "/view")


def _faults_between_blocks(blocks: Iterable[dict[str, Any]], pointer: str) -> Iterator[Fault]:
    """Ids that occur twice: clicks on the two could not be told apart."""
    block_ids: set[str] = set()
    for index, block in enumerate(blocks):
        place = f"{pointer}/{index}"
        for inner in all_blocks([block]):
            block_id = inner.get("block_id")
            if block_id in block_ids:
                yield Fault(f"`block_id` {json.dumps(block_id)} already exists", f"{place}/block_id")
            elif block_id is not None:
                block_ids.add(block_id)
            yield from _repeated_action_ids(inner, place)


def _repeated_action_ids(block: dict[str, Any], pointer: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, element in enumerate(elements_in(block)):
        action_id = element.get("action_id")
        if action_id in seen:
            place = f"{pointer}/elements/{index}/action_id"
            yield Fault(f"`action_id` {json.dumps(action_id)} already exists", place)
        elif action_id is not None:
            seen.add(action_id)


def _faults_of_totals(blocks: list[dict[str, Any]]) -> Iterator[Fault]:
    """Limits that apply to a whole message."""
    every = list(all_blocks(blocks))
    markdown = sum(len(block["text"]) for block in every if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_CHARACTERS_PER_MESSAGE:
        most = limits.MARKDOWN_CHARACTERS_PER_MESSAGE
        yield Fault(f"markdown blocks together must be less than {most + 1} characters", "/blocks")
    tables = [block for block in every if block["type"] == "table"]
    if len(tables) > limits.TABLES_PER_MESSAGE:
        yield Fault("only_one_table_allowed", "/blocks")
    yield from _overlong_tables(tables, limits.TABLE_CHARACTERS_PER_MESSAGE)
    for table in every:
        if table["type"] == "data_table":
            yield from _overlong_tables([table], limits.DATA_TABLE_CHARACTERS)


def _overlong_tables(tables: list[dict[str, Any]], most: int) -> Iterator[Fault]:
    cells = (cell for table in tables for row in table["rows"] for cell in row)
    if sum(map(_shown_characters, cells)) > most:
        yield Fault(f"the cells of a table must be less than {most + 1} characters", "/blocks")


def _shown_characters(part: dict[str, Any]) -> int:
    """The characters of a cell: its own text, or that of all parts of a rich text."""
    inner = sum(_shown_characters(child) for child in part.get("elements", ()))
    return inner + len(part.get("text", ""))
