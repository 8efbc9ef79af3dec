from odoo.exceptions import ValidationError


class StageGateError(ValidationError):
    """Deals may not enter a stage yet. What they lack is in `context["missing"]`, which web and JSON-2 answers carry.

    One dictionary for each thing that a deal lacks: `lead_id`, `lead`, `stage_id`, `stage`, `gate_id`, `kind`, `fields`
    (those of the deal that can be filled in), `message`.
    """

    def __init__(self, message, missing):
        super().__init__(message)
        self.context = {"missing": missing}
