"""GPOs as they lie on disk: backups of the console, SYSVOL folders, folders of samba-tool."""
