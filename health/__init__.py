"""Customer health: what a company records, scored, proven and turned into the week's work.

Layers, each importing only what stands before it: errors, format, tables, demo, warehouse, access, score, intake, foresight, desk,
insight, portfolio, charts, report, ui; `cli` is the command line and stands beside ui.
"""
