"""Values, identifiers and text of tables and records, whoever wrote them."""
