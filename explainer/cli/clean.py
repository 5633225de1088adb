"""What is kept for reuse removed."""

from __future__ import annotations

from explainer.cache import FOLDER, Cache
from explainer.cache.ledger import Ledger, refuse_link
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo


def run(options: Options) -> CommandResult:
    """Remove the cache, and with --all the finished films too; not while others use them."""
    folder = options.script.resolve().parent
    roots = [folder / FOLDER, *([folder / "build"] if options.all else [])]
    removed: list[str] = []
    stayed: list[str] = []
    for root in roots:
        refuse_link(root)
    # a film is not finished while its render still uses what is kept
    with Cache(folder / FOLDER).unused():
        for root in roots:
            gone, left = Ledger(root).remove_all()
            removed += map(str, gone)
            stayed += map(str, left)
            if gone:
                echo(options, f"removed {len(gone)} files of {root}")
            for path in left:
                echo(options, f"left {path}: it was changed by hand")
    return 0, {"removed": removed, "left": stayed}
