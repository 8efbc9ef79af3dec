from .models.fact.crm_fact_table import FACT_MODELS


def post_init_hook(env):
    """Fill the fact tables with the history that was there before the installation."""
    env["crm.lead.move"]._begin_past()
    env["crm.fact.table"]._get_all()._rebuild()


def uninstall_hook(env):
    """Take the triggers off the tables of other modules; the fact tables go with their models."""
    for name in FACT_MODELS:
        env[name]._drop_capture()
