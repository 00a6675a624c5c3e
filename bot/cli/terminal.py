"""Block Kit, drawn in a terminal."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

# Below this width in characters, two columns are read more easily one under the other.
TWO_COLUMNS_FROM = 88

_MARKUP = re.compile(r"\*(?P<bold>[^*\n]+)\*|<(?P<link>[^|>]+)\|(?P<label>[^>]+)>|<(?P<bare>[^|>]+)>")


def message_lines(blocks: Iterable[Mapping[str, Any]], text: str, *, width: int) -> RenderableType:
    """One message as a person would see it: its blocks, or its text where it has none.

    Args:
        blocks: Block Kit blocks.
        text: mrkdwn.
        width: Characters in a line.
    """
    drawn = [part for block in blocks for part in _block(block, width)]
    return Group(*drawn) if drawn else mrkdwn(text)


def mrkdwn(text: str, style: str = "") -> Text:
    """Slack's mrkdwn as styled text; a link shows its label and carries its address."""
    drawn = Text(style=style)
    end = 0
    for match in _MARKUP.finditer(text):
        drawn.append(html.unescape(text[end : match.start()]))
        drawn.append_text(_marked(match))
        end = match.end()
    drawn.append(html.unescape(text[end:]))
    return drawn


def _marked(match: re.Match[str]) -> Text:
    if match["bold"]:
        return Text(html.unescape(match["bold"]), style="bold")
    if match["link"]:
        return Text(html.unescape(match["label"]), style=f"underline link {match['link']}")
    return Text(html.unescape(match["bare"]))


def _block(block: Mapping[str, Any], width: int) -> Iterator[RenderableType]:
    kind = block["type"]
    if kind == "header":
        yield Text(block["text"]["text"], style="bold")
    elif kind == "section":
        yield from _section(block, width)
    elif kind == "context":
        for element in block["elements"]:
            yield mrkdwn(element["text"], style="dim")
    elif kind in ("actions", "context_actions"):
        yield _buttons(block["elements"])
    elif kind == "table":
        yield _table(block)
    elif kind == "divider":
        yield Rule(style="dim")
    else:
        yield Text(f"({kind} block)", style="red")


def _section(block: Mapping[str, Any], width: int) -> Iterator[RenderableType]:
    if "text" in block:
        yield mrkdwn(block["text"]["text"])
    fields = [mrkdwn(field["text"]) for field in block.get("fields", ())]
    if fields and width >= TWO_COLUMNS_FROM:
        grid = Table.grid(padding=(0, 3), expand=True)
        for _ in fields:
            grid.add_column(ratio=1)
        grid.add_row(*fields)
        yield Padding(grid, (1, 0))
    else:
        yield from (Padding(field, (1, 0, 0, 0)) for field in fields)
        yield from [Text()] if fields else []
    if "accessory" in block:
        yield _buttons([block["accessory"]])


def _buttons(elements: Iterable[Mapping[str, Any]]) -> RenderableType:
    labels = [label for element in elements for label in _labels(element)]
    return Columns(Text(f"[ {label} ]", style="cyan") for label in labels)


def _labels(element: Mapping[str, Any]) -> list[str]:
    """What a person can choose in an element."""
    if element["type"] == "feedback_buttons":
        return [element[name]["text"]["text"] for name in ("positive_button", "negative_button")]
    return [element["text"]["text"]]


def _table(block: Mapping[str, Any]) -> RenderableType:
    head, *rows = block["rows"]
    table = Table(*(cell["text"] for cell in head), show_lines=True)
    for row in rows:
        table.add_row(*(Text(cell["text"]) for cell in row))
    return table


def console() -> Console:
    """The console of standard output; knowledge is never read as rich's own markup."""
    return Console(markup=False, highlight=False, emoji=False)


def progress_console() -> Console:
    """The console of standard error, where progress does not mix with results."""
    return Console(stderr=True)
