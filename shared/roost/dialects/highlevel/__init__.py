"""What HighLevel posts to us."""
