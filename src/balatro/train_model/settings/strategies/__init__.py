"""How a network is trained: which weights (freeze), by which rule (optimizers), with which rates when (schedulers)."""
