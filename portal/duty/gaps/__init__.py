"""No hole: the book of each school is looked through for hours ahead in which somebody is missing (D2)."""
