"""What happens before, at and after a due moment: ladders, the sweep, orders."""
