"""How Slack reaches the bot: Socket Mode or HTTP."""
