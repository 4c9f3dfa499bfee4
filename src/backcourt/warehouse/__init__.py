"""Where tables live: the protocol, the embedded warehouse, the translation of its SQL, publication."""
