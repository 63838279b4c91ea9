"""Every diagnostic code and what it stands for. Codes are stable: one is never given a second meaning.

E100-E149 files and syntax, E150-E189 names, parameters and tables, E190 not implemented,
E210-E229 statically impossible, E230-E249 time and calendars, E250-E289 units, types and evaluation,
W4xx warnings. Each is documented with a wrong and a right text in docs/errors.md.
"""

CODES: dict[str, str] = {
    # files and syntax
    "E140": "an instance file to import cannot be read",
    "E141": "the format of an instance file is not known",
    "E142": "a format has no such variant",
    "E143": "an instance file holds something else than its format says",
    "E144": "an instance file ends too early or lacks a section",
    "E145": "the folder of an import cannot be written",
    # names, parameters and tables
    # not implemented
    "E190": "the construct is in the language but not implemented yet",
    # statically impossible
    # time and calendars
    "E230": "the zone does not exist",
    "E231": "a local time that clocks skip",
    "E232": "a local time that stands twice, without its offset",
    "E233": "an offset that the zone does not have then",
    "E234": "a date or time of day that does not exist",
    "E235": "a date or calendar hours in a model without an origin, or an origin without a resolution",
    "E236": "a recurring span that makes no sense or has too many repeats",
    "E237": "no horizon was written and none can be derived",
    # units, types and evaluation
    # warnings
}
