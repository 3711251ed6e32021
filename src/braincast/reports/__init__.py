"""How people see it: terminal and HTML."""
