"""`python -m autograder.cli`, where no script is installed."""

from . import main

main()
