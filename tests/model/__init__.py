"""A second, simple opinion of the rules, and a run that asks both opinions the same things."""
