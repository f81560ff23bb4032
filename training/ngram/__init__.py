"""The table of the n-gram draft."""
