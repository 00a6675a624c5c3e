"""What stands under an entry in small print: its source, when it was reviewed, and that it is no advice. Pure."""

from __future__ import annotations

import re
from datetime import date

from bot.knowledge import Concept, Entry, KnowledgeBase, Source
from bot.knowledge.wording import first_named
from bot.slack.messages.layout import CONTEXT_LIMIT, LINK_LIMIT, Block, context, day, escape, shortened

# Characters of a source in plain text, of which three have room in one: what it is, and its address.
_MOST_TOLD = 200
_LONGEST_ADDRESS = 600
DISCLAIMER = "General information, not legal or tax advice."


def small_print(entry: Entry, knowledge: KnowledgeBase, today: date) -> tuple[str, str]:
    """One line, as mrkdwn and as plain text: the first source that readers can follow, and `closing_text`."""
    end = closing_text(entry, today)
    shown = shown_sources(entry, knowledge)
    if not shown:
        return end, end
    first = _in_short(shown[0])
    marked = shortened(_marked(first), CONTEXT_LIMIT - len("Source: . ") - len(end))
    return f"Source: {marked}. {end}", f"Source: {_with_address(first)}. {end}"


def closing_text(entry: Entry, today: date) -> str:
    """When an entry was reviewed and, unless it only defines a word, that it is no advice."""
    reviewed = review_text(entry, today)
    return reviewed if is_definition(entry) else f"{reviewed} {DISCLAIMER}"


def is_definition(entry: Entry) -> bool:
    """Whether an entry only says what something is: one text, from the provider's comparison alone.

    Every other entry says something on law or tax.
    """
    return isinstance(entry, Concept) and all(source == "provider" for source in entry.sources)


def review_text(entry: Entry, today: date) -> str:
    """When an entry was reviewed, and whether that is too long ago."""
    reviewed = f"Reviewed {day(entry.reviewed)}."
    if entry.review_by is None or today <= entry.review_by:
        return reviewed
    return f"{reviewed} Due for review since {day(entry.review_by)}: check it before you rely on it."


def shown_sources(entry: Entry, knowledge: KnowledgeBase) -> list[Source]:
    """The sources of an entry that readers see: with a title and a link, and without the name of a competitor."""
    sources = [_described(source, knowledge) for source in entry.sources]
    return [source for source in sources if source.title and source.link and not _names_competitor(source, knowledge)]


def source_lines(entry: Entry, knowledge: KnowledgeBase) -> list[str]:
    """Every source that readers see as mrkdwn, one a line."""
    return [f"• {_marked(source)}" for source in shown_sources(entry, knowledge)]


def source_texts(entry: Entry, knowledge: KnowledgeBase) -> list[str]:
    """The same as plain text."""
    return [f"- {_with_address(source)}" for source in shown_sources(entry, knowledge)]


def provider_text(knowledge: KnowledgeBase) -> str:
    """Whose comparison it is and who that is, as mrkdwn."""
    provider = knowledge.provider
    who = f"{provider.name}, {provider.about}" if provider.about else provider.name
    return f"Source of the comparison: {_linked(_described('provider', knowledge))} by {escape(who)}. {DISCLAIMER}"


def provider_context(knowledge: KnowledgeBase) -> Block:
    """`provider_text` as small print."""
    return context(provider_text(knowledge))


def _described(source: Source | str, knowledge: KnowledgeBase) -> Source:
    if isinstance(source, Source):
        return source
    provider = knowledge.provider
    return Source(title=provider.title, publisher=provider.name, date=None, link=provider.link)


def _in_short(source: Source) -> Source:
    """A source as one line has room for it; date and remarks on the publisher are under "More"."""
    publisher = re.sub(r"\s*\([^()]*\)", "", source.publisher) or source.publisher
    return source.model_copy(update={"publisher": publisher, "date": None})


def _names_competitor(source: Source, knowledge: KnowledgeBase) -> bool:
    told = f"{source.title} {source.publisher} {source.link}"
    return first_named(told, knowledge.provider.competitors) is not None


def _marked(source: Source) -> str:
    return f"{_linked(source)}{escape(_after_title(source))}"


def _linked(source: Source) -> str:
    """The title of a source, as a link where it has one."""
    title = escape(source.title or "")
    # Inside a link's label a pipe would end the address early.
    marked = f"<{source.link}|{title.replace('|', '/')}>"
    return marked if source.link and len(marked) <= LINK_LIMIT else title


def _with_address(source: Source) -> str:
    told = shortened(escape(f"{source.title}{_after_title(source)}"), _MOST_TOLD)
    link = escape(str(source.link)) if source.link else ""
    return f"{told} ({link})" if 0 < len(link) <= _LONGEST_ADDRESS else told


def _after_title(source: Source) -> str:
    """Publisher and date, with the comma that a title without an end of its own needs before them."""
    comma = "" if (source.title or "").endswith(("?", "!", ".")) else ","
    dated = f", {source.date}" if source.date and source.date != "undated" else ""
    return f"{comma} {source.publisher}{dated}"
