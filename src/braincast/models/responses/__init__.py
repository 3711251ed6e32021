"""What models of responses share: pairs, propensities, similarities, responses to other stimuli."""
