"""``python -m docref``."""

import sys

from docref.cli import main

sys.exit(main())
