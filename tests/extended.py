"""A copy of the engine with a module more, and a line more in a registry."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from project import ROOT


def example(heading: str) -> str:
    """The module that a section of docs/adding.md shows."""
    text = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S)
    return code


class ExtendedEngine:
    """The engine as somebody has added to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        unneeded = shutil.ignore_patterns("__pycache__", "data")
        shutil.copytree(ROOT / "explainer", folder / "explainer", ignore=unneeded)
        (folder / "explainer" / "data").symlink_to(ROOT / "explainer" / "data")

    def add(self, module: str, source: str, registry: str, before: str, line: str) -> None:
        """Write a module, and put a line before another one of a registry."""
        (self.folder / module).write_text(source, encoding="utf-8")
        path = self.folder / registry
        text = path.read_text(encoding="utf-8")
        assert text.count(f"{before}\n") == 1
        path.write_text(text.replace(f"{before}\n", f"{line}\n{before}\n"), encoding="utf-8")

    def python(self, *args: str | Path) -> str:
        """What Python prints that imports this engine; it must end well."""
        env = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        # in its own folder, for a module of the working folder is found first
        done = subprocess.run(
            [sys.executable, *args], cwd=self.folder, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pytest(self, *args: str | Path) -> str:
        """What tests of this repository print when they try this engine; they must pass."""
        config = ["-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "no:cacheprovider"]
        return self.python("-m", "pytest", *config, *args)
