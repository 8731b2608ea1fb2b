"""The tree: bureau, school, building, floor, room, class, outdoor zone, canteen; its kinds and schemes are data."""
