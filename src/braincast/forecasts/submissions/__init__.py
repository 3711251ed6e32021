"""What is sent in: a declaration and the stores it announces, checked before anything in them is used."""
