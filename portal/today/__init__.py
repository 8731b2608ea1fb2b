"""The first page of each day: what this person must do, then what is. It reads of all rooms, and changes nothing."""
