"""A draft in the browser, drawn again whenever a file of it is saved."""

from __future__ import annotations

from dataclasses import replace

from explainer.cache import tempfiles
from explainer.cli import one_frame
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult
from explainer.cli.render import render_options
from explainer.errors import EnvironmentProblem, ScriptError
from explainer.script.loader import script_file
from explainer.studio.edits import ScriptEdits
from explainer.studio.server import PreviewServer, PreviewState
from explainer.studio.watch import PageProgress, watch


def run(options: Options) -> CommandResult:
    """Show a draft in the browser, and draw again what a saved file touches, until Ctrl-C."""
    renders = render_options(options)
    if len(renders) != 1:
        raise ScriptError.of("watch takes one language", "as in --lang es")
    language = renders[0].languages[0] if renders[0].languages else ""
    edits = ScriptEdits(script_file(options.script, language))
    server = PreviewServer(PreviewState(options.script.stem), port=options.port, edits=edits)
    try:
        server.open()
    except OSError as error:
        what = f"port {options.port} cannot be served on: {error.strerror}"
        raise EnvironmentProblem.of(what, "leave --port out, or choose another") from None
    print(f"watching {options.script}: see {server.address}", flush=True)
    try:
        drafts = replace(renders[0], draft=True, page=False)
        server.watch_film(drafts)
        with PageProgress(server) as progress:
            watch(drafts, server, progress, lambda: False, one_frame.answer)
    except KeyboardInterrupt:
        tempfiles.remove_own(options.script.parent)
        print("no longer watching")
    finally:
        server.close()
    return 0, {"address": server.address}
