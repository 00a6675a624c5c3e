"""The knowledge is loaded anew while the bot runs: whoever asks gets the newest that has no fault.

Loading and fitting run in a thread, so that the bot goes on answering; what came of them is exchanged in the event
loop by one assignment. Knowledge with a fault is refused, and the one before it goes on answering.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import structlog
from watchfiles import awatch

from bot.answering import AnswerService
from bot.errors import KnowledgeError
from bot.fitted import fitted_on, fitted_soon
from bot.knowledge import KnowledgeBase, digest_of_files, load_knowledge
from bot.settings import Settings
from bot.understanding import Lessons

log = structlog.get_logger()

# What became of a change: the knowledge that is now answered from, or why it was refused.
Reloaded: TypeAlias = KnowledgeBase | KnowledgeError

# Milliseconds. An editor writes, renames and deletes within a few; a folder that is copied may not come to rest.
QUIET_MS = 50
LONGEST_BURST_MS = 400
# A watch is on the folder that was there when it began, and is not told when another takes its place.
LOOK_MS = 500


def load_answers(settings: Settings) -> AnswerService:
    """Load the knowledge that the settings name and make the service that answers from it.

    Raises:
        KnowledgeError: The knowledge base has faults.
    """
    return answers_from(knowledge_of(settings), settings)


def knowledge_of(settings: Settings) -> KnowledgeBase:
    """Load the knowledge that the settings name.

    Raises:
        KnowledgeError: It has faults.
    """
    return load_knowledge(settings.knowledge_dir, settings.knowledge_extra_dir)


def answers_from(knowledge: KnowledgeBase, settings: Settings) -> AnswerService:
    """The service that answers from a knowledge base."""
    return AnswerService(knowledge, fitted_on(knowledge, settings.cache_dir))


def answers_soon(knowledge: KnowledgeBase, settings: Settings, before: AnswerService) -> AnswerService:
    """The service for a changed knowledge base within two seconds, for use until ``answers_from`` has its own.

    Args:
        knowledge: The changed one.
        settings: Name the cache.
        before: The service in use.
    """
    return AnswerService(knowledge, fitted_soon(knowledge, settings.cache_dir, before.matcher.fitted))


class Answers:
    """The answers in use.

    Attributes:
        current: To be read anew with each question, and once for all of it.
        refused: Why the knowledge as it lies in its files is not the one in use; None where it is.
    """

    def __init__(self, current: AnswerService) -> None:
        self.current = current
        self.refused: KnowledgeError | None = None

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Inside the context, the answers follow their files; these have none."""
        yield


class LiveAnswers(Answers):
    """The answers of this installation, which follow the files of its knowledge.

    Args:
        settings: Name the folders.
        on_change: Called in the event loop with what became of each change, after the exchange.

    Raises:
        KnowledgeError: The knowledge base has faults to begin with.
    """

    def __init__(self, settings: Settings, on_change: Callable[[Reloaded], None] = lambda outcome: None) -> None:
        files = _digest_of_files(settings)
        knowledge = knowledge_of(settings)
        super().__init__(_warm_answers(knowledge, settings))
        self.on_change = on_change
        self._settings = settings
        # What was loaded last, with or without a fault.
        self._files = files
        # What the matcher in use was fitted on.
        self._lessons = Lessons.of(knowledge)
        # Whether that fit was whole, and the one under way.
        self._is_whole = True
        self._fitting: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._is_asked = False

    def reload(self) -> None:
        """Load the knowledge anew, and tell what became of it even where nothing has changed."""
        self._is_asked = True
        self._wanted.set()

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Inside the context, the answers follow their files."""
        tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._reload_when_wanted())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop_fitting()

    async def _watch(self) -> None:
        both = (self._settings.knowledge_dir, self._settings.knowledge_extra_dir)
        folders = [folder for folder in both if folder is not None]
        try:
            while True:
                with suppress(FileNotFoundError):
                    await self._watch_until_replaced(folders)
                self._wanted.set()
        except Exception as error:
            # Such as too many watches on one machine: no reason to stop answering.
            log.warning("knowledge_not_watched", error=str(error), remedy="send SIGHUP after a change")

    async def _watch_until_replaced(self, folders: list[Path]) -> None:
        watched = await asyncio.to_thread(_identities, folders)
        if None in watched:
            await asyncio.sleep(LOOK_MS / 1_000)
            return
        # No filter: temporary files of editors cost a look, but a file behind a link has any name.
        looks = awatch(
            *folders,
            watch_filter=None,
            recursive=False,
            step=QUIET_MS,
            debounce=LONGEST_BURST_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
        )
        async with aclosing(looks):
            # The first look is for what changed before the watch began.
            is_first = True
            async for changes in looks:
                if changes or is_first:
                    self._wanted.set()
                is_first = False
                if await asyncio.to_thread(_identities, folders) != watched:
                    return

    async def _reload_when_wanted(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._reload()
            except Exception:
                # A bug; the old answers go on, and the next change may do better.
                log.exception("knowledge_not_reloaded")

    async def _reload(self) -> None:
        is_asked, self._is_asked = self._is_asked, False
        files = await asyncio.to_thread(_digest_of_files, self._settings)
        if files is not None and files == self._files and not is_asked:
            return
        self._files = files
        try:
            knowledge = await asyncio.to_thread(knowledge_of, self._settings)
        except KnowledgeError as error:
            is_news = str(error) != str(self.refused)
            self.refused = error
            if is_news or is_asked:
                self.on_change(error)
            return
        if self.refused is not None or knowledge.digest != self.current.knowledge.digest:
            await self._take(knowledge)
        elif is_asked:
            self.on_change(knowledge)

    async def _take(self, knowledge: KnowledgeBase) -> None:
        lessons = Lessons.of(knowledge)
        if lessons.same_but_for_own_words(self._lessons):
            # What entries say is shown at once; it weighs little in the fit, which follows.
            self.current = self.current.speaking_from(knowledge)
        else:
            # A new row or phrasing is found within two seconds; the whole fit takes several.
            self.current = await asyncio.to_thread(answers_soon, knowledge, self._settings, self.current)
            self._lessons = lessons
            self._is_whole = False
        self.refused = None
        self.on_change(knowledge)
        if lessons != self._lessons or not self._is_whole:
            await self._stop_fitting()
            self._fitting = asyncio.create_task(self._fit(knowledge, lessons))

    async def _fit(self, knowledge: KnowledgeBase, lessons: Lessons) -> None:
        """Fit everything, regression and all; later changes do not wait for it."""
        try:
            answers = await asyncio.to_thread(_warm_answers, knowledge, self._settings)
        except Exception:
            # A bug; what is in use goes on, and the next change may do better.
            log.exception("knowledge_not_fitted")
            return
        self.current, self._lessons, self._is_whole = answers, lessons, True

    async def _stop_fitting(self) -> None:
        """Let go of a fit that a later change has overtaken."""
        if self._fitting is not None:
            self._fitting.cancel()
            await asyncio.gather(self._fitting, return_exceptions=True)
            self._fitting = None


def _digest_of_files(settings: Settings) -> str | None:
    return digest_of_files(settings.knowledge_dir, settings.knowledge_extra_dir)


def _warm_answers(knowledge: KnowledgeBase, settings: Settings) -> AnswerService:
    answers = answers_from(knowledge, settings)
    # Some parts are made when the first misspelt word is met; better now than while somebody waits.
    answers.answer("warmupp")
    _give_back_memory()
    return answers


def _give_back_memory() -> None:
    """Have glibc return to the system the 8 MB that only loading needed; other C libraries do so by themselves."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _identities(folders: list[Path]) -> list[tuple[int, int] | None]:
    """Which folders these are at present; None for one that is not there."""
    return [_identity(folder) for folder in folders]


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
