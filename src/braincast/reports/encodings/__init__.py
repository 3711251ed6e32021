"""Pages and tables of encoding tasks: what cells answer to stimuli, fact by fact."""
