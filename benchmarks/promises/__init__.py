"""What was promised, theme by theme, and how each promise is checked: see referee.py."""
