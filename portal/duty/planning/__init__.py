"""What a school says about its hours: areas, slots, kinds of day, periods, days of its own, fallbacks."""
