"""Python programs that play the model `peace` at one design point, written in six ways."""
