"""The orchestrators: they join plugins, science and files into runs."""
