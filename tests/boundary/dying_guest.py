"""The launcher, whose guests die before they have said anything."""

import os

from grader.boundary.guest import launcher

if __name__ == "__main__":
    launcher._guest = lambda *_: os._exit(3)
    launcher.main()
