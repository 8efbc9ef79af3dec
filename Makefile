# Two commands: `make demo` serves the CRM with a sample company, `make test` runs every test.
PYTHON ?= python3
RUN = $(PYTHON) -m tools.dev

.PHONY: help demo stop clean shell prepare test lint bench screens
help:
	@echo "make demo [PORT=8069]   set up what is missing and serve the CRM"
	@echo "make test [ARGS=...]    run the tests; ARGS go to pytest"
	@echo "make lint               ruff and pylint-odoo"
	@echo "make bench [ARGS=...]   compare with stock Odoo, e.g. ARGS='--size=L --only=timeline'"
	@echo "make screens            retake the pictures in views/screens"
	@echo "make shell              a Python prompt inside the demo company"
	@echo "make stop | make clean  stop the server | remove everything that was set up"

demo stop clean shell prepare test lint bench screens: export PORT := $(PORT)
demo stop clean shell prepare test lint bench screens: export ARGS := $(ARGS)
demo stop clean shell prepare test lint bench screens:
	@$(RUN) $@
