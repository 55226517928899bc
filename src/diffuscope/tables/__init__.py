"""Tables of a case: what a correct one is, what failed and why."""
