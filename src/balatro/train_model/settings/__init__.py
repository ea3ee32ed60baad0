"""What a run is told: the settings, the flags that become them, the tables of strategies."""
