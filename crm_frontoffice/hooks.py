def post_init_hook(env):
    """Bring what happened before the installation into the event log: much of it in the background."""
    env["crm.event.backfill"]._install()
    env["crm.partner.role"]._cron_learn()


def uninstall_hook(env):
    """Take the triggers off the tables of other modules."""
    for name in ("res.partner", "crm.lead"):
        env[name]._get_text_table().drop(env)
