"""What `evaluate` prints."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.evaluation.report import OUTCOMES, Judged, Report, Share, by_style, by_topic, figures

WORST_SHOWN = 20
CONFUSIONS_SHOWN = 12


def print_report(report: Report, screen: Console) -> None:
    """Print the figures of an evaluation: overall, by style, by topic, confusions, causes, the worst mistakes."""
    screen.print(_summary_table(report))
    screen.print(_group_table("By style", by_style(report)))
    screen.print(_group_table("By topic", by_topic(report)))
    confusions = report.confusions().most_common(CONFUSIONS_SHOWN)
    if confusions:
        table = Table("right", "given instead", "times", title="Confusions", title_justify="left")
        for (right, given), count in confusions:
            table.add_row(right, given, str(count))
        screen.print(table)
    mistakes = report.mistakes()
    if mistakes:
        causes = Table("cause", "mistakes", title="Mistakes by cause", title_justify="left")
        for cause, count in report.causes().most_common():
            causes.add_row(cause, str(count))
        screen.print(causes)
        screen.print(_mistakes_table(mistakes[:WORST_SHOWN]))


def _summary_table(report: Report) -> Table:
    table = Table(title=f"{len(report.judged):,} questions", title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, share in figures(report).items():
        if share.total:
            low, high = share.interval
            table.add_row(name, _percent(share), f"{low:.1%} to {high:.1%}")
    median, p99 = report.micros()
    error = report.calibration_error()
    if error is not None:
        table.add_row("calibration error of the answers", f"{error:.3f}", "")
    table.add_row("time a question, median", f"{median:,.0f} µs", "")
    table.add_row("time a question, 99th percentile", f"{p99:,.0f} µs", "")
    return table


def _group_table(title: str, groups: dict[str, Report]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("", "questions", *OUTCOMES):
        table.add_column(column, justify="right" if column else "left")
    for name, report in groups.items():
        outcomes = report.outcomes()
        table.add_row(name, str(len(report.judged)), *(str(outcomes[outcome] or "") for outcome in OUTCOMES))
    return table


def _mistakes_table(mistakes: list[Judged]) -> Table:
    table = Table(title="Mistakes, the most confident first", title_justify="left")
    for column in ("outcome", "confidence", "question", "right", "given"):
        table.add_column(column)
    for one in mistakes:
        table.add_row(
            one.outcome,
            f"{one.answer.confidence:.2f}",
            one.labelled.question,
            ", ".join(sorted(one.labelled.right)) or "nothing",
            ", ".join(one.answer.topics) or one.answer.kind,
        )
    return table


def _percent(share: Share) -> str:
    return f"{share.value:.1%} ({share.hits} of {share.total})"
