"""Knowledge folders to break."""

from pathlib import Path

import pytest

from tests.knowledge.support import Folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A copy of the shipped knowledge, seen from its parent folder."""
    monkeypatch.chdir(tmp_path)
    return Folder.shipped(tmp_path)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A small sound knowledge base, seen from its parent folder."""
    monkeypatch.chdir(tmp_path)
    return Folder.small(tmp_path)
