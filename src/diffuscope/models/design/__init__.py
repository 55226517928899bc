"""From a formula and a panel to the columns of a model: terms, rows that count, duration dependence."""
