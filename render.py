"""Render the film of a script: `python render.py --help`.

Any Python can read this file, so that one that lacks what a render needs can say so.
"""

import os
import sys


def main():
    """Run the command line; returns its exit code."""
    try:
        if sys.version_info < (3, 11):
            raise ImportError("it is older than Python 3.11")
        from explainer.cli import main

        return main()
    except ImportError as error:
        sys.stderr.write(what_is_missing(error))
        return 3


def what_is_missing(error):
    """What to do where this Python cannot run the command line."""
    folder = os.path.dirname(os.path.relpath(__file__)) or os.curdir
    venv = os.path.normpath(os.path.join(folder, ".venv"))
    python = os.path.join(venv, "bin", "python")
    setup = "make setup" if folder == os.curdir else "make -C {} setup".format(folder)
    if os.path.realpath(sys.prefix) == os.path.realpath(venv):
        setup = "rm -r {} && {}".format(venv, setup)
    elif os.path.exists(python):
        setup = ""
    said = "this Python ({}) lacks what a render needs: {}\n".format(sys.executable, error)
    command = " ".join([python] + sys.argv)
    return said + "run: " + (setup + " && " if setup else "") + command + "\n"


if __name__ == "__main__":
    sys.exit(main())
