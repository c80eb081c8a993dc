"""Make ``python -m sciarada`` the same as ``sciarada``."""

from sciarada.cli.main import main

if __name__ == "__main__":
    main(prog_name="sciarada")
