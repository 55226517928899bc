"""Monitoring: projects by wave, what changed, and whether what was printed about them can be true."""
