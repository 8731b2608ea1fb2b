"""Who answers for what: duty items, the matrix of marks, and who it is at any instant."""
