"""The command line: parse, call, print, exit code."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import KnowledgeError, OutputError, PackageError, PeoAsoError, QuestionsError

if TYPE_CHECKING:
    from bot.answering import Answer, AnswerService

# Imports of the parts stand in the commands: `ask` must answer at once, without loading Slack's libraries.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run a command. An error raised on purpose is printed in one line and ends with exit code 1."""
    # What cannot be shown (a stray byte of an argument, a curly quote on an ASCII terminal) must not end the run.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except PeoAsoError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away (`peo-aso ask --json | head -1`); nothing is left to say.
        sys.stderr.close()
        sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"peo-aso {version('peo-aso')}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Answers questions about PEO versus ASO, in Slack and here."""


@app.command()
def ask(
    question: Annotated[
        list[str] | None,
        typer.Argument(help="The question, in quotes or not; without it, questions are read from standard input."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show why: words read, what matched, what came second.")
    ] = False,
) -> None:
    """Answer a question as in Slack.

    Questions on standard input are one a line: plain text, or an object such as
    {"question": "...", "addressed": true, "thread": ["asked before", "..."]}.
    """
    service = _service()
    bad_lines = 0
    for asked in _asked(" ".join(question) if question else None):
        if isinstance(asked, QuestionsError):
            bad_lines += 1
            print(asked, file=sys.stderr, flush=True)
            continue
        answer = service.answer(asked.question, addressed=asked.addressed, thread=asked.thread)
        if as_json:
            # ASCII, so that every encoding carries it and a question comes back exactly as it was given.
            print(json.dumps(_as_json(asked.question, answer)), flush=True)
        else:
            from bot.cli.printing import print_answer

            print_answer(answer, service, explain=explain)
    if bad_lines:
        sys.exit(1)


def _service() -> AnswerService:
    from bot.live_answers import load_answers
    from bot.settings import read_settings

    return load_answers(read_settings())


@dataclass(frozen=True)
class _Asked:
    question: str
    addressed: bool = True
    thread: tuple[str, ...] = ()


def _asked(question: str | None) -> Iterator[_Asked | QuestionsError]:
    """The question of the command line, or those of standard input; a bad line does not stop the rest."""
    if question is not None:
        yield _Asked(question)
        return
    if sys.stdin.isatty():
        yield from _typed()
        return
    # Bytes that are no UTF-8 must not end the run: they become a replacement mark, which matches nothing.
    lines = (line.decode("utf-8", errors="replace") for line in sys.stdin.buffer)
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n").removeprefix("\ufeff")
        yield _asked_object(text, number) if text.lstrip().startswith("{") else _Asked(text)


def _typed() -> Iterator[_Asked]:
    """What a person types, a question a line; hint and prompt stay out of the results."""
    print("Ask in a line, for example: who handles unemployment claims? Ctrl-D ends.", file=sys.stderr)
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            print(file=sys.stderr)
            return
        if line.strip():
            yield _Asked(line.decode("utf-8", errors="replace").strip())


def _asked_object(text: str, number: int) -> _Asked | QuestionsError:
    remedy = 'Write {"question": "...", "addressed": true, "thread": ["..."]} on one line.'
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return QuestionsError(f"standard input:{number}: the line is not a JSON object. {remedy}")
    question, addressed, thread = value.get("question"), value.get("addressed", True), value.get("thread") or []
    is_thread = isinstance(thread, list) and all(isinstance(earlier, str) for earlier in thread)
    if not (isinstance(question, str) and isinstance(addressed, bool) and is_thread):
        return QuestionsError(f"standard input:{number}: a key has the wrong type. {remedy}")
    return _Asked(question, addressed, tuple(thread))


def _as_json(question: str, answer: Answer) -> dict[str, Any]:
    return {
        "question": question,
        "kind": answer.kind,
        "topics": list(answer.topics),
        "focus": answer.focus,
        "confidence": round(answer.confidence, 4),
        "micros": answer.micros,
        "reason": answer.reason,
        "state": list(answer.states),
    }


@app.command()
def check(
    directory: Annotated[Path | None, typer.Argument(help="A knowledge folder; default: KNOWLEDGE_DIR.")] = None,
    links: Annotated[bool, typer.Option("--links", help="Also open every link, and report those that fail.")] = False,
) -> None:
    """Check a knowledge base: every fault with file and line, exit code 1 if there is one.

    Warnings do not fail: a text too long for a reply, a source that readers cannot follow, a link that does not answer.
    """
    from bot.answering import AnswerService
    from bot.cli.terminal import progress_console
    from bot.evaluation.golden import golden_faults
    from bot.fitted import fitted_on
    from bot.knowledge import check_knowledge
    from bot.knowledge.load import GOLDEN
    from bot.settings import read_settings

    settings = read_settings()
    folder, extra = directory or settings.knowledge_dir, settings.knowledge_extra_dir
    doing = progress_console().status("Reading the files, and comparing every phrasing with the others")
    doing.start()
    try:
        checkup = check_knowledge(folder, extra)
        knowledge = checkup.knowledge
        doing.update("Asking the golden questions")
        # Golden questions are those of the shipped words; another folder on top may change their answers on purpose.
        # Without any, there is nothing to fit for.
        is_asked = extra is None and (folder / GOLDEN).exists()
        faults = (
            golden_faults(folder, AnswerService(knowledge, fitted_on(knowledge, settings.cache_dir)))
            if is_asked
            else []
        )
        if faults:
            raise KnowledgeError(faults)
    except KnowledgeError as error:
        doing.stop()
        for fault in error.faults:
            print(fault)
        sys.exit(1)
    finally:
        doing.stop()
    warnings = checkup.warnings
    if links:
        from bot.knowledge.links import dead_links

        warnings = sorted([*warnings, *dead_links(checkup.links)])
    for warning in warnings:
        print(warning)
    phrasings = sum(len(texts) for texts in knowledge.phrasings.values())
    print(f"{folder}: no faults in {len(knowledge.entries)} entries with {phrasings:,} phrasings.")


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labeled questions: JSON lines or YAML.")],
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write all figures to this file.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw reliability and confusions: FILE.png, .svg or .pdf.")
    ] = None,
) -> None:
    """Measure how often the bot is right, sure, silent and wrong on labeled questions.

    One JSON object a line, or one item of a YAML list, such as
    {"question": "Who files the 941?", "labels": ["payroll-tax-liability"]}.

    labels: the ids of the topics of which any one is a right answer, or "none" where none is.
    all: in its place, for a question about several topics, the ids of all of them.
    extended: more right topics, for those of them that the knowledge has.
    thread: what was asked before in the thread, oldest first.
    addressed: false for a channel message that does not mention the bot.
    focus: "aso", "peo" or null, the model that the question is about.
    state: the postal codes of the states whose lines are to be shown.
    style: a word of your own; the figures are also given by style.
    """
    from rich.progress import track

    from bot.cli.terminal import console, progress_console
    from bot.evaluation.plotting import plot_report
    from bot.evaluation.printing import print_report
    from bot.evaluation.report import Report, judge, read_labelled
    from bot.evaluation.report import as_json as report_as_json

    service = _service()
    labelled = read_labelled(file, service.knowledge.entries)
    screen = progress_console()
    asking = track(labelled, description="Asking", console=screen, transient=True, disable=not screen.is_terminal)
    report = Report(tuple(judge(service, one) for one in asking))
    print_report(report, console())
    if as_json is not None:
        try:
            as_json.write_text(json.dumps(report_as_json(report), indent=1), encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{as_json}: cannot be written ({error.strerror}). Choose another file.") from None
    if plot is not None:
        plot_report(report, plot)


@app.command()
def run() -> None:
    """Connect to Slack and answer until stopped: Socket Mode, or HTTP where only a signing secret is set."""
    from bot.settings import read_settings
    from bot.slack.run import run_bot

    run_bot(read_settings())


@app.command()
def doctor(
    write_to: Annotated[
        str | None,
        typer.Option(
            metavar="USER", help="Also write to this member (U...), and delete it: shows a closed messages tab."
        ),
    ] = None,
) -> None:
    """Check the whole installation: each fault with its cure, exit code 1 if there is one."""
    from bot.doctor.run import run_doctor
    from bot.settings import read_settings

    if not run_doctor(read_settings(), write_to=write_to):
        sys.exit(1)


@app.command()
def migrate() -> None:
    """Bring the database up to date; with PostgreSQL, before the first start and after each update."""
    import asyncio

    from bot.settings import read_settings
    from bot.store.migrating import migrate_database

    before, after = asyncio.run(migrate_database(read_settings()))
    print(f"The database is at revision {after}{', as it was' if before == after else ''}.")


@app.command()
def manifest(
    http: Annotated[
        str | None, typer.Option(help="For HTTP mode: where Slack reaches the bot, like https://bot.example.com.")
    ] = None,
    many_workspaces: Annotated[
        bool, typer.Option("--many-workspaces", help="With --http: other workspaces may install the bot.")
    ] = False,
) -> None:
    """Print the app manifest to paste at Slack: for Socket Mode, or with --http for HTTP mode."""
    from bot.manifest import check_public, http_manifest, shipped_manifest

    if many_workspaces and http is None:
        raise typer.BadParameter("it needs --http, for the address that Slack sends installers back to.")
    if http is not None:
        check_public(http)
    made = shipped_manifest() if http is None else http_manifest(http, many_workspaces=many_workspaces)
    print(json.dumps(made, indent=2))


@app.command()
def reencrypt() -> None:
    """Write the tokens of all workspaces anew under the first of ENCRYPTION_KEYS, so that the others can go."""
    import asyncio

    from bot.settings import read_settings
    from bot.store.engine import existing_database
    from bot.store.installations import reencrypt_tokens

    settings = read_settings()
    existing_database(settings.database_url.get_secret_value())
    count = asyncio.run(reencrypt_tokens(settings))
    are = "token is" if count == 1 else "tokens are"
    print(f"{count} {are} under the first of ENCRYPTION_KEYS. No other key is needed any more.")


@app.command()
def forget(
    user: Annotated[str, typer.Option(help="The Slack id of the person, such as U0123456789.")],
) -> None:
    """Erase everything that is kept of a person, in every workspace."""
    import asyncio

    from bot.settings import read_settings
    from bot.store import Erased, open_store
    from bot.store.engine import existing_database

    if not re.fullmatch(r"[UW][A-Z0-9]{2,}", user):
        raise typer.BadParameter(
            f"{user!r} is not a Slack id. It begins with U or W, like U0123456789; "
            "Slack shows it in the profile under the three dots, as Copy member ID.",
            param_hint="--user",
        )
    settings = read_settings()
    where = existing_database(settings.database_url.get_secret_value())

    async def erase() -> Erased:
        async with open_store(settings) as store:
            return await store.forget_user(user)

    erased = asyncio.run(erase())
    counts = {
        "question": erased.questions,
        "unanswered one": erased.misses,
        "vote": erased.votes,
        "reported answer": erased.reports,
    }
    print(f"Erased of {user}: {', '.join(_counted(count, noun) for noun, count in counts.items())}. Database: {where}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@app.command()
def demo(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65_535,
            help="Port of the local workspace; 0 takes a free one. Without it, 3737 where it is free.",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address without opening it.")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="Ask the sample questions, print the answers, exit.")] = False,
) -> None:
    """Try the real bot in a local workspace in the browser, without Slack."""
    from bot.settings import read_settings

    try:
        from bot.cli.demo import run_demo
    except ImportError as error:
        if error.name != "localslack":
            raise
        raise PackageError(
            "The demo needs localslack, a stand-in for Slack, which is not installed here: run `make demo` in a copy "
            "of the repository, or install the repository's folder localslack with pip."
        ) from None
    run_demo(read_settings(), port=port, once=once, browser=not no_browser)


@app.command()
def schema() -> None:
    """Write the JSON Schemas that editors use, from the types, to the knowledge folder."""
    from bot.knowledge.schema import write_schemas
    from bot.settings import read_settings

    folder = read_settings().knowledge_dir
    try:
        paths = write_schemas(folder)
    except OSError as error:
        raise OutputError(f"{folder}: the schemas cannot be written ({error.strerror}). Check KNOWLEDGE_DIR.") from None
    for path in paths:
        print(path)
