"""``python -m gpogen``."""

from gpogen.cli.main import run

if __name__ == "__main__":
    run()
