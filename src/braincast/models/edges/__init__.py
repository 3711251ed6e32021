"""Models that answer effect[pre, post]: which neurons are wired."""
