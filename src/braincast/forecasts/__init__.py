"""What is answered: the store on disk."""
