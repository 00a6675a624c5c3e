"""The lock file holds what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME, _, EVERYTHING_ELSE = (ROOT / "requirements.lock").read_text(encoding="utf-8").partition("# --- development")


def locked(text: str) -> dict[str, list[str]]:
    """The locked versions by name; one name may have several, for several versions of Python."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;]+)", text):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        pytest.param(PROJECT["project"]["dependencies"], RUNTIME, id="to run"),
        pytest.param(PROJECT["dependency-groups"]["dev"], RUNTIME + EVERYTHING_ELSE, id="for development"),
    ],
)
def test_every_dependency_is_locked_at_a_version_that_it_allows(asked: list[str], text: str) -> None:
    versions = locked(text)
    for requirement in map(Requirement, asked):
        found = versions.get(canonicalize_name(requirement.name))
        assert found, f"{requirement} is not in requirements.lock. Run: make lock"
        # A requirement for one kind of machine asks for one of the versions only.
        holds = any if requirement.marker else all
        assert holds(version in requirement.specifier for version in found), f"{requirement}: {found}. Run: make lock"
