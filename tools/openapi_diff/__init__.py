"""Refuses an OpenAPI document that breaks REST clients of an older one: no level of `buf breaking` sees a
changed path.

Removing and narrowing is refused, adding passes. What counts depends on the direction: a client suffers when
a request must say more than before, and when an answer says less or something else.
"""
