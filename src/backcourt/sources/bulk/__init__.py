"""A season in some forty requests to the league's statistics service: what it needs, how it is fetched and judged."""
