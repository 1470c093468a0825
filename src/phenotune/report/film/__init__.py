"""The film of a run: how the mosaic came to be, to be seen and to be heard."""
