"""A report as a picture: is the confidence true, and which topics are taken for which?"""

from __future__ import annotations

from pathlib import Path

from bot.errors import OutputError
from bot.evaluation.report import Report

TOPICS_SHOWN = 16
_DOTS_PER_INCH = 130


def plot_report(report: Report, path: Path) -> None:
    """Draw reliability and the commonest confusions side by side.

    Args:
        report: What to draw.
        path: Where to; the ending decides the format (.png, .svg, .pdf).

    Raises:
        OutputError: matplotlib, a development dependency, is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise OutputError("--plot needs matplotlib. Run `make setup`, or install it.") from None
    figure = Figure(figsize=(15, 6.5), layout="constrained")
    reliability, confusion = figure.subplots(1, 2, width_ratios=(1, 1.35))
    _draw_reliability(reliability, report)
    _draw_confusions(confusion, report)
    try:
        figure.savefig(path, dpi=_DOTS_PER_INCH)
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: the picture cannot be written ({error}). Choose another file.") from None


def _draw_reliability(axes, report: Report) -> None:  # type: ignore[no-untyped-def]
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="as sure as right")
    bins = report.reliability()
    if bins:
        confidence, right, _ = zip(*bins, strict=True)
        axes.plot(confidence, right, color="#1d3557", marker="o", label="answers")
        for x, y, count in bins:
            axes.annotate(f"{count}", (x, y), textcoords="offset points", xytext=(6, -12), fontsize=9, color="0.35")
    axes.set(xlim=(0, 1.02), ylim=(0, 1.04), xlabel="confidence", ylabel="share right")
    error = report.calibration_error()
    known = f"calibration error {error:.3f}; " if error is not None else ""
    axes.set_title(f"Reliability ({known}numbers: answers)", loc="left")
    axes.legend(loc="upper left", frameon=False)
    axes.grid(alpha=0.25)


def _draw_confusions(axes, report: Report) -> None:  # type: ignore[no-untyped-def]
    axes.set_title("Confusions: right topic (rows), given topic (columns)", loc="left")
    common = report.confusions().most_common(TOPICS_SHOWN)
    if not common:
        axes.text(0.5, 0.5, "no wrong answer", ha="center", va="center")
        axes.set_axis_off()
        return
    rows = sorted({right for (right, _), _ in common})
    columns = sorted({given for (_, given), _ in common})
    counts = [[report.confusions()[right, given] for given in columns] for right in rows]
    axes.imshow(counts, cmap="Blues", aspect="auto", vmin=0)
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    darkest = max(max(line) for line in counts)
    for y, line in enumerate(counts):
        for x, count in enumerate(line):
            if count:
                color = "white" if count > darkest / 2 else "black"
                axes.text(x, y, str(count), ha="center", va="center", color=color, fontsize=8)
