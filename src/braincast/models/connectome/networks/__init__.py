"""What is learned by gradient on the wiring: graphs, messages along their edges, and the networks made of these."""
