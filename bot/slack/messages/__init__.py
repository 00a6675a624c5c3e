"""What the bot says in Slack: answers and everything else, as Block Kit and as plain text. Pure."""
