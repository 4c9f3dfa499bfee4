"""The ten computations of Phases 3 and 4, in dependency order."""
