"""Who takes part: submissions, database, queue, HTTP service."""
