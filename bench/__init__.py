"""How fast, how large, against what: every figure is a ratio to a named baseline that was measured in the same run."""
