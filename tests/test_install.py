"""``make setup`` installs what is locked, by hash, without the development packages; CI runs every test."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from tools.install import LOCK, MARKER, ROOT, pinned, requirements


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The name and the lines of every package."""
    for block in re.split(r"(?m)^(?=[a-z])", text)[1:]:
        yield re.split(r"[=\[]", block)[0], block


def names(text: str) -> set[str]:
    return {name for name, _ in blocks(text)}


def test_the_bot_is_set_up_without_what_only_its_development_needs() -> None:
    runtime, development = names(requirements("runtime")), names(requirements("development"))
    assert runtime < development
    assert {"aiohttp", "emoji", "slack-bolt", "setuptools"} <= runtime
    assert {"pytest", "mypy", "ruff", "hypothesis", "matplotlib", "wordfreq"} & runtime == set()
    assert {"pytest", "mypy", "ruff", "uv"} <= development


def test_every_package_is_locked_by_hash_and_no_index_is_named() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert text.count(MARKER) == 1
    assert text.index("# --- localslack ---\n") < text.index(MARKER)
    assert not re.search(r"https?://|--index|--find-links", text)
    for name, block in blocks(text):
        assert re.search(r"==\S+", block), name
        assert "--hash=sha256:" in block, name


@pytest.mark.parametrize("name", ["uv", "setuptools"])
def test_what_installs_the_rest_is_locked_in_the_same_file(name: str) -> None:
    first, *hashes = [line.strip() for line in pinned(name).splitlines() if "# via" not in line]
    assert re.fullmatch(rf"{name}==[\d.]+ \\", first)
    assert hashes
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)


def test_a_mac_with_an_intel_processor_gets_a_version_that_needs_no_rust() -> None:
    [older] = [block for name, block in blocks(requirements("runtime")) if name == "cryptography" and "==48." in block]
    assert "platform_machine == 'x86_64' and sys_platform == 'darwin'" in older


def test_ci_runs_every_case() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "REQUIRE_BROWSER=1 REQUIRE_POSTGRES=1 make test-all" in ci
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^test-all: .*\n\t@\$\(PYTEST\)$", makefile, re.MULTILINE)


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest
    assert newest[1] == project["version"] == version("peo-aso")
