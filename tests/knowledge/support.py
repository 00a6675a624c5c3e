"""Knowledge folders to break: a copy of the shipped one, and a small one of a few lines a file."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.errors import KnowledgeError
from bot.knowledge import load_knowledge
from bot.settings import SHIPPED_KNOWLEDGE

SHIPPED = SHIPPED_KNOWLEDGE

# One entry in a file of its own, so that the line of each key is known here.
ZEBRAS = """\
theme: Zebras
entries:
  - id: zebras
    title: Zebras
    question: Who feeds the zebras?
    aso: The client feeds them.
    peo: The PEO feeds them.
    sources: [provider]
    reviewed: 2026-11-23
    related: [peo]
    phrasings:
      - whose job is it to feed zebras
"""

SMALL = {
    "comparison.yaml": """\
theme: Side by side
entries:
  - id: unemployment-claims
    title: Unemployment claims
    question: Who handles unemployment claims?
    aso: The client or the ASO manages unemployment claims.
    peo: The PEO manages unemployment claims.
    sources: [provider]
    reviewed: 2026-11-23
    related: [peo]
    phrasings:
      - who answers when a former employee files for unemployment
""",
    "concepts.yaml": """\
theme: The two models
entries:
  - id: peo
    title: PEO
    question: What is a PEO?
    text: A Professional Employer Organization works through co-employment.
    sources: [provider]
    reviewed: 2026-11-23
    related: [aso]
    phrasings:
      - what does PEO stand for
  - id: aso
    title: ASO
    question: What is an ASO?
    text: An Administrative Services Organization involves no co-employment.
    sources: [provider]
    reviewed: 2026-11-23
    related: [peo]
    phrasings:
      - what does ASO stand for
""",
    "vocabulary.yaml": """\
groups:
  peo:
    words:
      - PEO
      - professional employer organization
  aso:
    words:
      - ASO
      - administrative services organization
    misspellings:
      - A.S.O.
greetings:
  - hello
""",
    "provider.yaml": "name: A Provider\ntitle: Their page\n",
    "phrasings.yaml": "phrasings:\n  peo:\n    - explain the letters P E O\n",
    "outside.yaml": "questions:\n  - who won the cup final\nchatter:\n  - lunch at noon\n",
    "glossary.yaml": (
        "terms:\n  - term: PEO\n    stands_for: professional employer organization\n"
        "    meaning: An employer beside yours.\n    see: peo\n"
    ),
}


class Folder:
    """A knowledge folder that a test may break; faults name its files as ``knowledge/...``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def shipped(cls, parent: Path) -> Folder:
        """A copy of the shipped folder, but for most of its thousands of phrasings, which take most of the time."""
        shutil.copytree(SHIPPED, parent / "knowledge")
        folder = cls(parent / "knowledge")
        for path in folder.path.glob("phrasings-*.yaml"):
            path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:40]), encoding="utf-8")
        outside, chatter = folder.text("outside.yaml").split("chatter:\n")
        few = ["".join(part.splitlines(keepends=True)[:20]) for part in (outside, chatter)]
        folder.write("outside.yaml", "chatter:\n".join(few))
        return folder

    @classmethod
    def small(cls, parent: Path) -> Folder:
        path = parent / "knowledge"
        path.mkdir()
        folder = cls(path)
        folder.mend()
        return folder

    def mend(self) -> None:
        """Make every file of a small folder what it was."""
        for name, text in SMALL.items():
            self.write(name, text)

    def write(self, name: str, content: str | bytes) -> None:
        (self.path / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace the first ``old`` in a file, which must have it."""
        text = self.text(name)
        assert old in text, f"{name} has no {old!r}"
        self.write(name, text.replace(old, new, 1))

    def line(self, name: str, text: str) -> int:
        """The number of the first line that holds ``text``."""
        return next(number for number, line in enumerate(self.text(name).splitlines(), 1) if text in line)

    def faults(self, *, thorough: bool = False) -> list[str]:
        """What a check prints, without the folder's own path; empty where nothing is wrong."""
        try:
            load_knowledge(self.path, thorough=thorough)
        except KnowledgeError as error:
            return str(error).splitlines()
        return []
