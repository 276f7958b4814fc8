"""`python -m grader` is `grader`."""

import sys


def run() -> None:
    """The command line. Ctrl-C also ends it with a sentence while it is still being imported."""
    try:
        from grader.cli.main import main
    except KeyboardInterrupt:
        from grader.i18n import default_language, translate

        print(translate("cli.interrupted", default_language()), file=sys.stderr)
        sys.exit(130)  # as `grader.cli.common` says, which may not be there yet
    main()


if __name__ == "__main__":
    run()
