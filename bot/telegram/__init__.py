"""
The bot in Telegram: the only part that imports ``telegram``.

``service`` runs it; ``handlers`` say what is done with each kind of update, and
``office`` is what they work with. In: ``inbox`` keeps what arrives, ``lanes`` order it by
chat. Out: ``sender`` sends and edits, ``flood`` paces.
"""
