"""Users, roles, posts, units, areas, permissions and scope."""
