"""What every route shares: sessions, guards, forms, answers, errors. Rooms below `routes` never import it."""
