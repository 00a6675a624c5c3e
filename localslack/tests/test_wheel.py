"""The distribution as it is installed elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = "import sys, setuptools.build_meta as backend; print(backend.build_wheel(sys.argv[1]))"


def test_the_wheel_has_every_file_of_the_package(tmp_path: Path) -> None:
    """Built from a copy, for building leaves files behind."""
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "tests")
    shutil.copytree(ROOT, source, ignore=ignored)
    subprocess.run([sys.executable, "-c", BUILD, str(tmp_path)], cwd=source, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        packed = set(files.namelist())
    package = source / "src"
    assert {str(path.relative_to(package)) for path in package.rglob("localslack/**/*") if path.is_file()} <= packed
    assert "localslack/page/static/index.html" in packed
