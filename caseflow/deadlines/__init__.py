"""Promises and when they fall due: calendar, policies, clocks, pauses."""
