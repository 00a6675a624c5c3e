"""The Web API. ``api`` answers a call; each of the other modules holds one family of methods."""
