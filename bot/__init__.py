"""A Slack bot that answers questions about PEO versus ASO from a curated comparison."""
