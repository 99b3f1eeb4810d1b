"""A checked profile and the catalogue become policy records and plans."""
