"""The book of duty as it hangs on the wall: the sheet of a month, and screens that show who is on duty now."""
