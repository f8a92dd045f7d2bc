"""Text and workbooks damaged on purpose, with a plain account of what every record means: python -m tests.fuzz --files N --rows M."""
