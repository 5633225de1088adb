"""A finished film held against what it must measure; `measure.verify` runs all `checks`."""
