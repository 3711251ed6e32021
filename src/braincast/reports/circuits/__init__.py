"""What people see of a simulated circuit."""
