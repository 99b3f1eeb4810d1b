"""The parts of a GPO backup."""
