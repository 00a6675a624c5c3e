"""What Slack sends -> one reply each. A listener reads the payload, asks, sends, and no more."""
