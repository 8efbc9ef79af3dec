# This file alone is written so that every Python can read it: an unfit one gets a sentence, not a syntax error.
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 12):
    sys.exit(
        "Stopped: Python 3.11 or 3.12 is needed, this is %d.%d: install one and run `make PYTHON=python3.11 ...`."
        % sys.version_info[:2]
    )
