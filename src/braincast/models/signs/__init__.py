"""Models that answer effect[pre, post]: the signs of edges."""
