"""The sections of the report, one file each: from a result to plain values that a template sets."""
