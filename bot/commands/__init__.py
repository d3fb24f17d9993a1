"""What the commands do: one module a topic, each giving an exit code."""
