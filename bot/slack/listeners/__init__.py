"""What Slack sends and nobody has to keep: the slash command, which has its answer in the ack, and the rest."""
