"""Streams, accounts, ids and days become calls (pure), and calls become frames.

What is asked is decided in ``plan``, how one call is put and divided in ``calls``, how an answer
becomes typed columns in ``frames``, and the asking itself, many at a time, in ``fetch``.
"""
