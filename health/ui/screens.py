"""Every screen once: script, title, question, place in the navigation, and the roles it serves."""

from dataclasses import dataclass

ROLES = {"executive": "Executive", "account_manager": "Account manager", "analyst": "Analyst"}
_EVERYBODY = ("executive", "account_manager", "analyst", "admin")


@dataclass(frozen=True)
class Screen:
    """One screen. `question`: the question it answers, shown under its title."""

    key: str
    section: str
    title: str
    icon: str
    question: str
    roles: tuple[str, ...]

    @property
    def script(self) -> str:
        """Path of its script, in a sub-folder: a script directly in pages/ could be opened without app.py."""
        return f"pages/{self.section.lower()}/{self.key}.py"


_ALL = (
    Screen(
        "overview",
        "Executive",
        "Overview",
        ":material/monitoring:",
        "How healthy are our customers, and what needs fixing first?",
        ("executive", "analyst", "admin"),
    ),
    Screen(
        "value",
        "Executive",
        "Segments and value",
        ":material/workspaces:",
        "Which customers are worth most, and which need attention?",
        ("executive", "analyst", "admin"),
    ),
    Screen(
        "week", "Account", "My week", ":material/checklist:", "Which customers should I contact first, and what did we promise?", _EVERYBODY
    ),
    Screen("customers", "Account", "My customers", ":material/groups:", "Which of my customers need attention?", _EVERYBODY),
    Screen("client", "Account", "Client", ":material/apartment:", "Why does this customer have this score?", _EVERYBODY),
    Screen("upload", "Analyst", "Upload", ":material/upload_file:", "What will change if I load this file?", ("analyst", "admin")),
    Screen(
        "data",
        "Analyst",
        "Data",
        ":material/database:",
        "Which data is loaded, how fresh and how complete is it?",
        ("executive", "analyst", "admin"),
    ),
    Screen(
        "evidence",
        "Analyst",
        "Evidence",
        ":material/fact_check:",
        "Does the score predict churn?",
        ("executive", "analyst", "admin"),
    ),
    Screen("score", "Analyst", "Score lab", ":material/tune:", "Would other settings have predicted churn better?", ("analyst", "admin")),
    Screen(
        "method", "Analyst", "Method", ":material/function:", "How are score and value calculated, and what data do they need?", _EVERYBODY
    ),
)

SCREENS: dict[str, Screen] = {screen.key: screen for screen in _ALL}


def screens_of(role: str) -> list[Screen]:
    """Screens of a role, in the order of the navigation."""
    return [screen for screen in SCREENS.values() if role in screen.roles]
