"""Forecasters that learn by gradient: what each is, without the network itself."""
