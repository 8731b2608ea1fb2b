"""Hazards: reported, assigned, rectified, rechecked, closed; on the boards of every grid above them."""
