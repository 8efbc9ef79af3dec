def uninstall_hook(env):
    """The texts of the tickets stand in a table that no model owns."""
    env["service.ticket"]._get_text_table().drop(env)
