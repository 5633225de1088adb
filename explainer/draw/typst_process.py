"""Typst in a process of its own: JSON on its input, an SVG or an error as JSON on its output.

Typst starts threads, and a process that has threads cannot be forked, as those that draw are. This
file is run by its path and imports nothing of the project, so that it starts at once.
"""

from __future__ import annotations

import json
import sys

import typst


def main() -> None:
    """Set the `file` that is asked for, with the fonts in the folders `fonts`."""
    asked = json.load(sys.stdin)
    try:
        made, doubts = typst.compile_with_warnings(
            asked["file"], format="svg", font_paths=asked["fonts"]
        )
    except typst.TypstError as error:
        print(json.dumps({"error": error.message, "hints": error.hints}))
        return
    if isinstance(made, list):
        print(json.dumps({"error": f"there are {len(made)} pages", "hints": ["set one page"]}))
        return
    svg = (made or b"").decode("utf-8")
    print(json.dumps({"svg": svg, "doubts": [doubt.message for doubt in doubts]}))


if __name__ == "__main__":
    main()
