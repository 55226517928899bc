"""What safeguards are made of: relabelled units, drawn worlds, models with other terms, Holm's method."""
