"""The script of a film: a YAML file in, a checked `Script` out, or every problem it has."""
