"""How the portal is started, kept running and stopped.

Imports nothing outside the standard library on its own.
"""
