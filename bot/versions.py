"""Versions of what is installed."""

from __future__ import annotations

from importlib import metadata


def version_of(package: str) -> str:
    """The version of an installed package; ``unknown`` where it was copied rather than installed. Never raises."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
