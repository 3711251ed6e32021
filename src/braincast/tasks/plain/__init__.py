"""A task as plain files, for those who answer it without this package: arrays, tables and text."""
