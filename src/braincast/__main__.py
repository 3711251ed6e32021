"""The command `braincast`, also as `python -m braincast`."""

from braincast.cli.session import guarded


def main() -> None:
    """Entry point: 0 done, 2 bad usage, 3 bad input, 4 interrupted but resumable.

    Interruptions are answered from here on, also while the commands are loaded.
    """
    guarded(_command)


def _command() -> None:
    from braincast.cli.main import app

    app()


if __name__ == "__main__":
    main()
