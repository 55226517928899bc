"""What an import decided by itself, and what it leaves to a person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One thing that was decided while files were turned into a case.

    Attributes
    ----------
    file : str
        The file it concerns; empty: the case.
    column : str or None
    statement : str
        What was decided, in one sentence.
    instead : str
        How to decide otherwise.
    """

    file: str
    column: str | None
    statement: str
    instead: str


@dataclass
class DecisionLog:
    """Log of the decisions of an import, and of its open questions."""

    decisions: list[Decision] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def decide(self, file: str, column: str | None, statement: str, instead: str) -> None:
        """Note a decision, once."""
        decision = Decision(file=file, column=column, statement=statement, instead=instead)
        if decision not in self.decisions:
            self.decisions.append(decision)

    def ask(self, question: str) -> None:
        """Note a question for a person, once."""
        if question not in self.questions:
            self.questions.append(question)
