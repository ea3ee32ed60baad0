"""Reporting a mistake from the place where it is seen: from `watch`, the server's page, and marked pictures."""
