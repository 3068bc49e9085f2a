"""Running an office: backups, the files of `deploy/`, what a watcher is told, old code."""
