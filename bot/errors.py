"""Errors of the program that a user can cure; the library's are in ``retrieval.errors``."""


class UsageProblem(Exception):  # it is told to a user, who sees no names
    """The message is shown as it is, without a traceback; says what to do."""
