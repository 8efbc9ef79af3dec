def post_init_hook(env):
    """Bring what happened before the installation into the event log."""
    env["crm.event.backfill"]._run()
