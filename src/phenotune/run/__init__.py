"""The run folder, settings, events, checkpoints, and the loop where everything meets."""
