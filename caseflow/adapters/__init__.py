"""The only importers of provider libraries; they implement protocols the domains declare."""
