"""Small changes to the rules, one at a time, and whether the tests beside them notice."""
