"""How well it goes: metrics, history, reports, comparisons."""
