"""Options of commands in files: ``--config``, ``--save-config`` and the record in ``run.json``."""
