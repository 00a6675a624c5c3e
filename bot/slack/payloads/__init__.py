"""What Slack's payloads mean. Pure."""
