"""The lock file holds what both pyproject.toml ask for, and its part for production only what the bot needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCALSLACK = tomllib.loads((ROOT / "localslack" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
# The Dockerfile stops reading at the first marker, `make setup` at the second.
RUNTIME = LOCK.partition("# --- localslack ---\n")[0]
SETUP = LOCK.partition("# --- development ---\n")[0]


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
        pytest.param(LOCALSLACK["dependencies"], SETUP, id="for the demo"),
        pytest.param(PROJECT["dependency-groups"]["dev"], LOCK, id="for development"),
        pytest.param(
            [one for extra in LOCALSLACK["optional-dependencies"].values() for one in extra],
            LOCK,
            id="for the extras of localslack",
        ),
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


def test_production_installs_nothing_that_only_localslack_needs() -> None:
    assert "emoji" in locked(SETUP)
    assert "emoji" not in locked(RUNTIME)
    assert "sed '/^# --- localslack ---$/,$d' requirements.lock" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
