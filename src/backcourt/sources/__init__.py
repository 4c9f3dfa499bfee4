"""Where raw data come from: landing files of each provider and whole seasons, validated and loaded."""
