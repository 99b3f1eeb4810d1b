"""A checked profile and the catalog become policy records and plans."""
