"""What today's page shows, and what waits for whom."""
