"""
The bot in Telegram: the only part that imports ``telegram``.

``service`` runs it; ``handlers`` say what is done with each kind of update, and
``office`` is what they work with. In: ``intake`` (or ``webhook``) lets updates come,
``inbox`` keeps what arrives, ``lanes`` order it by chat. Out: ``sender`` sends and edits,
``flood`` paces. Beside: ``watch`` looks after it all, as one of the parts of ``background``.
"""
