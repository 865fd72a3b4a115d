"""Tickets: one JSON file each under `tickets/`. Every change is in the journal and in the ticket's own history."""

import json

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")
CLASSES = ("outage", "degradation", "capacity", "loss", "tampering", "change")
STATUSES = ("open", "closed")
RESOLUTIONS = ("no-fault", "duplicate")


class TicketError(Exception):
    """A field that the desk does not accept, or a ticket that is not there."""


class Tickets:
    def __init__(self, journal):
        self.journal = journal
        self.folder = journal.root / "tickets"

    def all(self):
        """In the order of their numbers."""
        found = [json.loads(path.read_text()) for path in self.folder.glob("OPS-*.json")]
        return sorted(found, key=lambda ticket: int(ticket["id"].partition("-")[2]))

    def get(self, name):
        path = self.folder / f"{name.upper()}.json"
        if not path.exists():
            known = ", ".join(ticket["id"] for ticket in self.all()) or "none yet"
            raise TicketError(f"no ticket {name}; there are: {known}")
        return json.loads(path.read_text())

    def create(self, fields):
        made = sum(entry["event"] == "create" for entry in self.journal.entries())
        name = f"OPS-{self.journal.shift.first_ticket + made}"
        entry = self.journal.write("create", ticket=name, fields=fields)
        ticket = {
            "id": name,
            "shift": self.journal.shift.name,
            "status": "open",
            "opened_at": entry["clock"],
            **fields,
            "history": [{"at": entry["clock"], "did": "created"}],
        }
        return self._save(ticket)

    def update(self, name, fields, evidence=(), note=None):
        ticket = self.get(name)
        if fields.get("duplicate_of"):
            self.get(fields["duplicate_of"])
        changed = {key: value for key, value in fields.items() if ticket.get(key) != value}
        if not changed and not evidence and not note:
            raise TicketError(f"nothing to change in {ticket['id']}")
        did = {"set": changed, "evidence": list(evidence), "note": note}
        entry = self.journal.write("update", ticket=ticket["id"], **did)
        ticket.update(changed)
        ticket["evidence"] = ticket["evidence"] + list(evidence)
        ticket["history"].append({"at": entry["clock"], "did": "updated", **did})
        return self._save(ticket)

    def _save(self, ticket):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{ticket['id']}.json").write_text(json.dumps(ticket, indent=2) + "\n")
        return ticket
