"""Questions about which neurons are wired: a fifth of all pairs is hidden in each fold."""
