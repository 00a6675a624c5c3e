"""``python -m bot`` is the same as ``peo-aso``."""

from bot.cli.commands import main

main()
