from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

FACT_MODELS = (
    *("crm.fact.invoice", "crm.fact.order", "crm.fact.payment", "crm.fact.delivery", "crm.fact.stock"),
    *("crm.fact.deal", "crm.fact.stage", "crm.fact.activity", "crm.fact.event", "crm.fact.touch", "crm.fact.ticket"),
)


class CrmFactTable(models.Model):
    """How fresh a fact table is, and the buttons that refresh it."""

    _name = "crm.fact.table"
    _description = "Fact Table"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    sequence = fields.Integer(default=10)
    model = fields.Char("Technical Name", required=True, readonly=True)
    date_refreshed = fields.Datetime("Refreshed on", readonly=True)
    date_checked = fields.Datetime("Compared with the Source on", readonly=True)
    wrong_months = fields.Integer("Months Repaired", readonly=True, help="Found wrong by the last comparison.")
    row_count = fields.Integer("Rows", compute="_compute_counts")
    change_count = fields.Integer("Changes Waiting", compute="_compute_counts")

    _model_unique = models.Constraint("UNIQUE(model)", "A fact table has one line.")

    def _compute_counts(self):
        # sudo: how many changes wait is shown, not which
        waiting = dict(self.env["crm.fact.change"].sudo()._read_group([], ["fact"], ["__count"]))
        for table in self:
            table.change_count = waiting.get(table.model, 0)
            # sudo: a count of rows, whoever may read them
            table.row_count = self.env[table.model].sudo().search_count([])

    def action_refresh(self):
        """Bring in what changed since the last refresh, now."""
        self._check_manager()
        tables = self or self._get_all()
        # sudo: refreshing writes tables that nobody else may write
        done = tables.sudo()._refresh()
        return self._notify(self.env._("%(count)s changes were taken in.", count=done))

    def action_rebuild(self):
        """Make the chosen fact tables anew from the documents."""
        self._check_manager()
        # sudo: refreshing writes tables that nobody else may write
        self.sudo()._rebuild()
        return self._notify(self.env._("The facts were made anew from the documents."))

    def action_export(self):
        """Write the chosen fact tables as Parquet files, in the background."""
        self.env["crm.fact.export"]._enqueue(self or self._get_all())
        return self.env["ir.actions.act_window"]._for_xml_id("crm_analytics.crm_fact_export_action")

    def _check_manager(self):
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales administrator may refresh the facts."))

    def _notify(self, message):
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success", "next": reload},
        }

    def _refresh(self):
        """Refresh the tables that no other worker is refreshing; the lock on the line lasts for the transaction.

        :return: the number of changes taken from the queue
        """
        done = 0
        for table in self.try_lock_for_update():
            done += self.env[table.model]._refresh()
            table.date_refreshed = fields.Datetime.now()
        return done

    def _rebuild(self):
        for table in self.try_lock_for_update():
            self.env[table.model]._rebuild()
            table.date_refreshed = fields.Datetime.now()

    @api.model
    def _cron_refresh(self):
        """Refresh batch by batch until the queue is empty or the time is used up."""
        tables = self._get_all()
        # Each step begins a transaction, so that the lock is taken before anything is read.
        self.env["ir.cron"]._commit_progress(remaining=self._count_waiting())
        while done := tables._refresh():
            if not self.env["ir.cron"]._commit_progress(done, remaining=self._count_waiting()):
                return

    @api.model
    def _cron_check(self):
        """Compare each fact table with its source, and repair what differs."""
        tables = self._get_all()
        self.env["ir.cron"]._commit_progress(remaining=len(tables))
        for table in tables:
            if table.try_lock_for_update():
                table.wrong_months = self.env[table.model]._check_drift()
                table.date_checked = fields.Datetime.now()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _get_all(self):
        return self.search([("model", "in", FACT_MODELS)])

    @api.model
    def _count_waiting(self):
        return self.env.execute_query(SQL("SELECT count(*) FROM crm_fact_change"))[0][0]
