"""The site of a board: static pages that anyone can host, made of its export document and nothing else."""
