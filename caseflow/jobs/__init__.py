"""What happens without anybody asking: the schedule, and the two ways to keep it."""
