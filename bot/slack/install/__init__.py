"""Tokens, scopes, and the workspaces that install the bot."""
