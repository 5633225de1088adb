"""Parts kept for reuse, and what this program has written into its folders."""
