"""Learners that know nothing of brains: ridge and logistic regression, trees, descent, calibration."""
