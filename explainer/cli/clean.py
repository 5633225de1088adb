"""Removing what is kept for reuse, and the finished films."""

from __future__ import annotations

from explainer import outputs
from explainer.cache.ledger import Ledger, refuse_link
from explainer.cache.store import FOLDER, Cache
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo


def run(options: Options) -> CommandResult:
    """Remove the cache, and with --all the finished films too; not while others use them."""
    folder = options.script.resolve().parent
    roots = [folder / FOLDER]
    if options.all:
        roots.append(folder / outputs.ROOT)
    for root in roots:
        refuse_link(root)
    removed: list[str] = []
    left: list[str] = []
    # the lock of the cache covers the films as well: a render holds it until its film is finished
    with Cache(folder / FOLDER).exclusive_use():
        for root in roots:
            root_removed, root_left = Ledger(root).remove_all()
            if root_removed:
                echo(options, f"removed {len(root_removed)} files of {root}")
            for path in root_left:
                echo(options, f"left {path}: it was changed by hand")
            removed += map(str, root_removed)
            left += map(str, root_left)
    return 0, {"removed": removed, "left": left}
