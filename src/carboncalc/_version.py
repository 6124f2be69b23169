"""The version, alone in a module so that building and importing need nothing else."""

__version__ = "0.1.0"
