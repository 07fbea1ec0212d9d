"""Hatchling's hook: every wheel, an editable one too, is built with its ``verify.html``.

Hatchling loads this file by its path, so the builder beside it is loaded by its path as well.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class VerifyPageHook(BuildHookInterface[Any]):
    """Writes ``verify.html`` beside the module that puts it into packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - theirs
        """Build the page before the files of the wheel are listed."""
        builder = Path(self.root, "scripts", "build_verify_html.py")
        found = importlib.util.spec_from_file_location("build_verify_html", builder)
        if found is None or found.loader is None:
            raise FileNotFoundError(builder)
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        module.write()
