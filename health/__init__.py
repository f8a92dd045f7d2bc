"""Customer health: recorded facts become a score, evidence, a value and the week's work.

Layers in order; each imports only those before it: errors, bands, currency, format, status, month_ends, service_hours, columns,
tables, demo, warehouse, access, score, intake, foresight, desk, insight, portfolio, charts, report, ui, pages, app. The command line,
`cli`, is on the same level as ui. docs/architecture.md has the map.
"""
