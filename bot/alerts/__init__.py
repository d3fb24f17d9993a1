"""
Alerts: standing queries of chats, matched against what is new, each told once.

``subscriptions.py`` keeps what people asked for, ``watcher.py`` follows the change feed and
writes down what is to be said, ``planning.py`` decides when and whether with a sound,
``outbox.py`` hands it out to whoever delivers and notes what became of it, ``digest.py``
gathers what is told together, ``backtest.py`` tells beforehand what a query would have
brought. Nothing here talks to anybody: Telegram's delivery and the terminal's are elsewhere.
"""
