"""What the pages and papers of duty sheets show."""
