"""Lets ``python -m gatusyn.cli`` be the command line."""

from gatusyn.cli import main

main()
