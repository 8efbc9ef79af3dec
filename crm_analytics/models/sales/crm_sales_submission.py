from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSalesSubmission(models.Model):
    """What somebody commits himself to win, for himself or for his team. It stays: a new word is a new record."""

    _name = "crm.sales.submission"
    _description = "Forecast Submission"
    _inherit = "crm.sales.period.mixin"
    _order = "id desc"

    create_uid = fields.Many2one("res.users", "Said by", readonly=True)
    create_date = fields.Datetime("Said on", readonly=True)
    user_id = fields.Many2one(default=lambda self: self.env.user)
    amount_commit = fields.Monetary("Commit", required=True, help="What will be won for sure.")
    amount_best = fields.Monetary(
        "Best Case",
        compute="_compute_amount_best",
        store=True,
        readonly=False,
        precompute=True,
        help="What will be won if all goes well.",
    )
    is_override = fields.Boolean(
        "Adjusted",
        compute="_compute_is_override",
        store=True,
        help="Said by who leads, not by whoever is meant; his own word is kept beside it.",
    )
    note = fields.Char("Reason")

    _commit_positive = models.Constraint("CHECK (amount_commit >= 0)", "A commitment is not negative.")
    _best_is_more = models.Constraint(
        "CHECK (amount_best >= amount_commit)", "The best case is not below what you commit to."
    )
    _something_said = models.Constraint(
        "CHECK (amount_best > 0)", "Say what you commit to, or at least what the best case is."
    )
    _subject_idx = models.Index("(company_id, span, date_from, level, id DESC)")

    @api.depends("amount_commit")
    def _compute_amount_best(self):
        for submission in self:
            submission.amount_best = max(submission.amount_best, submission.amount_commit)

    @api.depends("create_uid", "user_id", "team_id")
    def _compute_is_override(self):
        """As it is when it is said: a new leader of a team does not turn the words of the former one."""
        for submission in self:
            owner = submission.user_id or submission.team_id.user_id
            submission.is_override = bool(owner) and owner != submission.create_uid

    @api.constrains("date", "span")
    def _check_period(self):
        if over := self.filtered(lambda submission: submission.date_to < fields.Date.context_today(submission)):
            raise ValidationError(
                self.env._("Nothing can be submitted for a period that is over: %s.", ", ".join(over.mapped("name")))
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Whether it is somebody's own word follows from who says it, and from nothing else."""
        return super().create([{name: vals[name] for name in vals if name != "is_override"} for vals in vals_list])
