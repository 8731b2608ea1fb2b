"""Change of personnel, from the announcement to the confirmed handover sheet, over all the rooms to the left."""
