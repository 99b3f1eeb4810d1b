"""The rules: one small function and one page of data each, judged once, allowed once."""
