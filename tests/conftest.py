"""Fixtures of one folder are no modules to look for examples in: several of them share a name."""

collect_ignore_glob = ["*/conftest.py"]
