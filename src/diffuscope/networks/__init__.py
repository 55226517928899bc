"""Inferred networks."""
