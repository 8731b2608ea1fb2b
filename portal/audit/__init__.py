"""What happened: append-only events, hash-chained per organisation, and the outbox of what must follow from them."""
