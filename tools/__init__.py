"""Programs for developers: they write what is generated, and measure. None of them is shipped."""
