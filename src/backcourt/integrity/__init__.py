"""Whether what is stored is whole and right: validators, gaps, lineage, and the least that repairs them."""
