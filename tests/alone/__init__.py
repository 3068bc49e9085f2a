"""What keeps the programs of a test run on this machine: see sitecustomize."""
