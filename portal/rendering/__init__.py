"""Jinja environments, languages and static files; used by the web and by the worker alike."""
