"""The documents say what the code does: worked examples, generated tables, named packages and links."""
