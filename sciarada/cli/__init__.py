"""The command line: thin commands that call a pipeline and turn errors into messages."""
