"""
What the remote engine says to an OpenSearch cluster, and how it understands the answers.

``cluster.py`` connects and turns failures into words, ``layout.py`` knows what an index is
called and made of, ``wire.py`` turns entries and questions into JSON, ``writing.py`` has documents written and
``stats.py`` keeps what was counted. ``remote.py``, beside this folder, is the engine.
"""
