"""Encoding tasks: what do cells answer to stimuli that nobody trained a model on?"""
