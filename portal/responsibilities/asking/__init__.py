"""Who was responsible for this place on that day at that hour (R163, E7): the answer, and the rows that say so."""
