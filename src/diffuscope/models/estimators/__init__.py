"""The estimators, one per file, each from a frame to a frozen record."""
