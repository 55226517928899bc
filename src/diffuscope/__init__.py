"""diffuscope: how a policy spread, and why."""
