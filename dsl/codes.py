"""Every diagnostic code and what it stands for. Codes are stable: one is never given a second meaning.

E100-E149 files and syntax, E150-E189 names, parameters and tables, E190 not implemented,
E210-E229 statically impossible, E230-E249 time and calendars, E250-E289 units, types and evaluation,
W4xx warnings. Each is documented with a wrong and a right text in docs/errors.md.
"""

CODES: dict[str, str] = {
    # files and syntax
    "E100": "a file cannot be read",
    "E101": "a text is too large: volume belongs in tables",
    "E102": "a text is not UTF-8",
    "E103": "a text holds a NUL byte",
    "E104": "a sign that the language does not have",
    "E105": "a text in quotes or a name in backticks without an end",
    "E106": "a bracket that is never closed",
    "E107": "a closing bracket that closes nothing, or the wrong kind of bracket",
    "E108": "nested too deeply",
    "E109": "a number with too many digits",
    "E110": "something that is not expected where it stands",
    "E111": "a statement that ends too early",
    "E112": "a word of the language used as a name",
    "E113": "a statement that begins with no statement's word",
    "E114": "a misspelt clause, word or day",
    "E115": "a comma is missing",
    "E116": "`=` and `==` mixed up, or a comparison or arrow of another language",
    "E117": "a statement that ends in `;`",
    "E118": "a comment that does not begin with `#`",
    "E119": "more syntax errors than are shown",
    "E121": "a date or a time of day that is not written in full",
    "E122": "a number that is not written in plain digits",
    "E123": "a part of a quantity without its unit",
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
