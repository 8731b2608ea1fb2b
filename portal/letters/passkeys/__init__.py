"""Passkeys: a phone's fingerprint or face opens one's signing key, in the place of the passphrase (F7, F8, TP3).

The key is wrapped a second time, under a secret (PRF) that the device works out only when its owner has shown
themselves. The portal keeps the wrapping, the public key of the passkey and what it asked with; never the secret.
The passphrase stays: it is needed once to add a passkey, and wherever a browser has none.
"""
