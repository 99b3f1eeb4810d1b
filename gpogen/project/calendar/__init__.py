"""The calendar and the train, for people and for programs."""
