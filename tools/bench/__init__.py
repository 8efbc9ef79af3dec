"""Operations of the CRM beside stock Odoo's way of doing the same, on the same data in the same run.

`python -m tools.bench --database NAME [--only=timeline,...] [--repeat=5] [--json=FILE]`

An operation is one module in `operations/`; see `operation.py` for what it defines.
"""
