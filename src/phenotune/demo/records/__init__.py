"""The library of the demo: other records, a folder a module, a function a sound."""
