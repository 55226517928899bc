"""A fitted model for other programs: R, Stata, and regression tables for papers."""
