from odoo.tests import HttpCase, tagged

from ...common import FrontofficeFixtures
from .test_pipelines import PipelineFixtures


@tagged("post_install", "-at_install")
class TestPipelineTour(PipelineFixtures, FrontofficeFixtures, HttpCase):
    """The kanban shows one pipeline at a time."""

    def test_salesperson_switches_the_pipeline(self):
        self._create_deal(name="To sell", stage_id=self.new.id)
        self._create_deal(name="To train", stage_id=self.kickoff.id)
        self.start_tour("/odoo/action-crm.crm_lead_action_pipeline", "pipeline_switch", login="anna_test")
