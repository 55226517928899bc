"""The network's report: editions of a register's latest wave, for the public and for those who keep it."""
