"""Worlds in which it is known what spread, to measure how often the stances of the statistics are right."""
