"""`python -m braincast` is the command `braincast`."""

from braincast.cli.main import main

if __name__ == "__main__":
    main()
