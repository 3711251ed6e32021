"""The networks themselves (JAX, Equinox): loaded when one is begun, trained or asked."""
