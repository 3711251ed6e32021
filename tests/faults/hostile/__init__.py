"""Submissions that somebody could send and nobody should take, by what is wrong with them."""
