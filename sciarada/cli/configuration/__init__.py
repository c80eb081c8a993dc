"""Options of commands in files: ``--config``, ``--save-config`` and what ``run.json`` records."""
