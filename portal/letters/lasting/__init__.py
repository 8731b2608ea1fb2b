"""How a letter lasts: its file is stamped again before what proves it runs out, its school's certificates are renewed,
and after some years it is put into an archive and removed, by decision and never silently (F6, F20, F24, TP5)."""
