"""Every diagnostic code and what it stands for. Codes are stable: one is never given a second meaning.

E100-E149 files and syntax, E150-E189 names, parameters and tables, E190 not implemented,
E210-E229 statically impossible, E230-E249 time and calendars, E250-E289 units, types and evaluation,
W4xx warnings. Each is documented with a wrong and a right text in docs/errors.md.
"""

CODES: dict[str, str] = {
    # files and syntax
    # names, parameters and tables
    # not implemented
    "E190": "the construct is in the language but not implemented yet",
    # statically impossible
    # time and calendars
    # units, types and evaluation
    # warnings
}
