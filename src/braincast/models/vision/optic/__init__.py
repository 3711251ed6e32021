"""Parts of the trained network of the optic lobe: how it begins, learns, reads out and answers."""
