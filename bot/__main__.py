"""``python -m bot`` is the same as ``peo-aso``."""

from bot.cli import main

main()
