import doctest

from odoo.tests import BaseCase

from odoo.addons.crm_frontoffice.models.customer.duplicate import clusters, match_keys, match_names, match_score


class TestMatchFormulas(BaseCase):
    """The examples in the modules that know no Odoo are their specification."""

    def test_examples_hold(self):
        for module in (clusters, match_keys, match_names, match_score):
            with self.subTest(module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
