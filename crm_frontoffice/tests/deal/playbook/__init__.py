from . import test_playbook
