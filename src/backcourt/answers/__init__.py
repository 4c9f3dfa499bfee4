"""One answer for whoever asks: ``model`` says what it is; ``terminal``, ``html`` and ``as_json`` show it."""
