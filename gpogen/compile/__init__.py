"""A checked profile and the catalogue become policy records, plans and findings."""
