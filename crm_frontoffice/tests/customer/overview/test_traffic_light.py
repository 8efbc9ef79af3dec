import doctest

from odoo.tests import BaseCase, tagged

from ....models.customer.overview import traffic_light


@tagged("post_install", "-at_install")
class TestTrafficLight(BaseCase):
    """The examples in the documentation of the traffic lights hold."""

    def test_documented_examples(self):
        result = doctest.testmod(traffic_light)
        self.assertGreater(result.attempted, 2)
        self.assertFalse(result.failed)
