"""How often the bot is right, measured on labeled questions."""
