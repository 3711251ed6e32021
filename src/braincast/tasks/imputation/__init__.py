"""Imputation tasks: some neurons are hidden in a window, and the others say what they did."""
