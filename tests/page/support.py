"""What the tests of the bot on the page share: a question, and both sides of its answer."""

BOT = "PEO vs ASO"
QUESTION = "who handles unemployment claims?"
ASO_SIDE = "The client or the ASO manages unemployment claims."
PEO_SIDE = "The PEO manages unemployment claims."
