"""``python -m bot.cli``: the program without its installed command."""

from bot.cli import main

main()
