"""The commands, one file each: they translate, they hold no logic."""
