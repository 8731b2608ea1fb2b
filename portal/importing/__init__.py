"""The importer (I3): a school's table of grids and people becomes its tree, after a preview and in one piece.

Bytes → `reading` → `Sheet` → `parse` → `GridRow` → `oddities` and `plan` (all pure) → `services` (one unit of
work).
"""
