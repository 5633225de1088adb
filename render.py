"""Render the film of a script: `python render.py --help`."""

import sys

from explainer.cli import main

if __name__ == "__main__":
    sys.exit(main())
