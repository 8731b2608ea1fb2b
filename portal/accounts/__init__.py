"""Accounts, sign-in, sessions, invitations: who are you?"""
