"""The command ``localslack``: a workspace with its page, for an app that runs in another process."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localslack.workspace import Workspace

USUAL_PORT = 3737


def main() -> None:
    """Serve a workspace until Ctrl-C."""
    arguments = _parser().parse_args()
    try:
        workspace = Workspace(_read_manifest(arguments.manifest))
        asyncio.run(_serve(workspace, port=arguments.port, browser=not arguments.no_browser))
    except (OSError, ValueError) as error:
        print(f"localslack: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print()


def environment(workspace: Workspace) -> dict[str, str]:
    """The environment variables that connect an app to a running workspace; each app reads those of its own mode."""
    return {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="localslack", description="Serve a local stand-in for a Slack workspace, with a page in the browser."
    )
    parser.add_argument(
        "manifest", nargs="?", default="manifest.json", help="the app's manifest (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=USUAL_PORT, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--no-browser", action="store_true", help="print the address of the page without opening it")
    return parser


def _read_manifest(path: str) -> Mapping[str, Any]:
    try:
        manifest = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}. Export the app's manifest as JSON.") from None
    if not isinstance(manifest, dict):
        raise ValueError(f"{path} is not a manifest: it must hold a JSON object.")
    return manifest


async def _serve(workspace: Workspace, *, port: int, browser: bool) -> None:
    await workspace.start(port=port)
    try:
        print(f"The workspace: {workspace.page_url}\n\nStart the app with:", flush=True)
        for name, value in environment(workspace).items():
            print(f"export {name}={value}", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, workspace.page_url)
        await asyncio.Event().wait()
    finally:
        await workspace.stop()
