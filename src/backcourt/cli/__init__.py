"""The command `backcourt`: one module per noun, no logic of its own."""
