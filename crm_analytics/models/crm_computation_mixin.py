from subprocess import TimeoutExpired

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .. import child


class CrmComputationMixin(models.AbstractModel):
    """Something that is computed by a job in a process of its own, each night or when somebody asks; all are kept.

    A model says what the job does in `_run`, which may be repeated, and what people call it in `_get_title`.
    """

    _name = "crm.computation.mixin"
    _description = "Computation in the Background"
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Datetime("Asked for on", required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="queued",
        required=True,
        readonly=True,
    )
    message = fields.Text(readonly=True)

    @api.model
    def action_compute(self):
        """Queue one now, for the company that the user works in where companies are told apart."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales administrator may ask for a computation."))
        # sudo: they are written by the system only, for a manager who asked for one
        self.sudo()._enqueue([{}])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("It is being computed and will be here in a moment."),
                "type": "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _enqueue(self, vals_list):
        runs = self.create(vals_list)
        for run in runs:
            run.with_delay(description=run._get_title())._run()
        return runs

    def _get_title(self):
        """Hook: what the queue of jobs calls it."""
        return self._description

    def _ask_child(self, task, request):
        """The answer of the child process; none when it failed, which is noted.

        :param request: see `child.compute`
        """
        try:
            return child.compute(task, request)
        except child.LibraryMissingError as error:
            return self._do_without(str(error))
        except TimeoutExpired:
            return self._fail(self.env._("The computation took longer than %s seconds.", child.TIMEOUT))
        except RuntimeError as error:
            return self._fail(self.env._("The computation failed: %s", error))

    def _do_without(self, library):
        """Hook: what is left to do when a Python library is missing."""
        return self._fail(self.env._("The Python library %s is missing: install it to get forecasts.", library))

    def _fail(self, message):
        self.write({"state": "failed", "message": message})
