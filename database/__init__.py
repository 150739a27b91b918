"""The database: the record of what was done to whom, when and under which rule.

The only package with SQL. Times are `timestamptz`, money is `bigint` minor units. No statement
reads the server's clock: the business time is always a parameter.
"""
