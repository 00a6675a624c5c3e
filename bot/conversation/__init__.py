"""When to speak, and answering each question exactly once, on any platform."""
