"""What models of responses along the wiring share: edges with features, their equations, the read-out."""
