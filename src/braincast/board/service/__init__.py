"""A board over HTTP: tokens, uploads that go on where they stopped, results; it never opens a hidden truth."""
