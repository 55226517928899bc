"""A register of the founding case, with invented people and the languages of three states."""

from __future__ import annotations

from pathlib import Path

from diffuscope import register

OFFICER, SECOND, CHAIR = "sari", "siti", "chair"
STATES = ("BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "VNM")
LANGUAGES = {"THA": "th", "VNM": "vi", "IDN": "id"}


def found(folder: Path) -> Path:
    register.new_register(folder, person=OFFICER, source="asean-smart-cities", zone="Asia/Jakarta")
    register.invite(folder, SECOND, role="secretariat", person=OFFICER)
    register.invite(folder, CHAIR, role="chair", person=OFFICER)
    for state in STATES:
        register.invite(folder, f"rep-{state}", role="representative", member=state, person=OFFICER)
    register.invite(folder, "city-bangkok", role="city", member="bangkok", person=OFFICER)
    from diffuscope.register.database import opened, writing
    from diffuscope.register.lookup import member_named
    from diffuscope.register.write import act_of, change

    with opened(folder), writing():
        for state, language in LANGUAGES.items():
            change(act_of(OFFICER), member_named(state), {"language": language})
    return folder
