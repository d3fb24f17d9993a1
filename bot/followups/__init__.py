"""
Follow-up questions made whole from the turns before: "And when?", "who is he?".

Pure rules over the words of a question and what was answered before; the words of each
language are in ``retrieval.language.references``. A question that stands by itself is
left alone, and where a rule is not sure it does nothing: the words that are asked are
shown, but a wrong name costs more than a question asked again.

The rules, in the order in which they are tried:

- *again*: nothing but filters. "source:bbc" asks the question before within them.
- *name*: nothing but another name. "When did Finland join NATO?", "what about Latvia?":
  "When did Latvia join NATO?" A name takes the place of the one that is written like it and
  a noun that of a noun, see ``naming``; where that is not sure the two stand side by side:
  "In Tainan? (How many died in the Hualien earthquake?)". A date is put in the place of a
  date, a month in the year that was asked about.
- *kind*: nothing but a question word. "When did the bridge reopen?", "And why?": "Why did
  the bridge reopen?" Where the words would not fit, the question before stands beside
  it: "When? (Who opened the cathedral?)".
- *pronoun*: a pronoun that nothing in the question explains. "Who opened the fair?",
  answered by Ada Brook, "How old is she?": "How old is Ada Brook?"
- *continued*: few words and no name, opened by "and", sent as a reply, or about people at
  an event that is not said. "When did Notre-Dame reopen?", "Who attended?", "And who
  paid?": "Who attended (Notre-Dame)?"

"Who won?" may be either; it is left alone, and asks about an answer only as a reply to it
or as "And who won?". The last turn explains a follow-up; for "he" and "she" also the one
before it, where the last names nobody.
"""

from bot.followups.doubt import is_borne_out
from bot.followups.rules import Completion, Rule, complete
from bot.followups.turns import Earlier

__all__ = ["Completion", "Earlier", "Rule", "complete", "is_borne_out"]
