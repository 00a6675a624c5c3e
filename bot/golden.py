"""Golden questions: their answers must not change unnoticed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.answering import AnswerService
from bot.errors import Fault
from bot.evaluation import Judged, has_its_states, judge, read_labelled
from bot.knowledge.load import GOLDEN, shown_path


def golden_faults(directory: Path, service: AnswerService) -> list[Fault]:
    """Every golden question of a knowledge folder that is no longer answered as it says.

    Args:
        directory: The folder; without a ``golden.yaml`` in it, there is nothing to check.
        service: Fitted on that folder.

    Raises:
        QuestionsError: ``golden.yaml`` is no list of labelled questions; names file and line.
    """
    path = directory / GOLDEN
    if not path.exists():
        return []
    judged = (judge(service, labelled) for labelled in read_labelled(path, service.knowledge.entries))
    return [_fault(shown_path(path), one) for one in judged if one.outcome != "right" or not has_its_states(one)]


def _fault(file: str, judged: Judged) -> Fault:
    labelled, answer = judged.labelled, judged.answer
    expected = ", ".join(sorted(labelled.right)) or "no answer"
    given = f"{answer.kind}: {', '.join(answer.topics)}" if answer.topics else answer.kind
    if labelled.states is not None:
        expected += f" with the states {_listed(labelled.states)}"
        given += f" with the states {_listed(answer.states)}"
    return Fault(
        file,
        labelled.line,
        f"'{labelled.question}' should give {expected} and now gives {given}",
        "Mend what changed it, or change the line if the new answer is right",
    )


def _listed(states: Iterable[str]) -> str:
    return ", ".join(sorted(states)) or "none"
