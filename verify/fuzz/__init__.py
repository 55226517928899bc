"""Odd cases, made from small sound ones: valid by the tables, and not what anybody expected."""
