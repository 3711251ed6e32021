"""What an eye sees: movies of light over its columns, and the stimuli of the laboratory and of the world as such."""
