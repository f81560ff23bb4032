"""Fast tests on small made-up data: `python3 -m unittest`."""
