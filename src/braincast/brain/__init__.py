"""What a brain is: connectome, expression, recordings, responses, specimen; and null connectomes."""
