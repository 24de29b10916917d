"""People from the shell: who is here, invitations, roles, links for new passwords."""

from typing import Annotated

import typer

from app.cli import first_admin, printing
from app.cli.instance import AsJson, DataDir, opened
from app.curation import people, people_page
from app.curation.people import Invitation

users = typer.Typer(no_args_is_help=True, help="Who may come in, and what they may do.")
commands = typer.Typer()
commands.add_typer(users, name="users")

ACTOR = "command line"

Name = Annotated[str, typer.Argument(help="The person's name.")]
Role = Annotated[str, typer.Option(help="viewer, reviewer, curator, admin; none if left out.")]
Dataset = Annotated[str, typer.Option(help="In this data set only.")]


@users.command("list")
def list_people(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List everybody, with their role in all data sets."""
    with opened(data_dir) as instance, instance.read() as session:
        found = people_page.everybody(session).people
    if as_json:
        told = [{"name": one.name, "role": one.role, "left": one.left} for one in found]
        printing.tell({"people": told})
    else:
        rows = [(one.name, one.role or "-", "left" if one.left else "") for one in found]
        printing.show_table(("name", "role", ""), rows)


@users.command("invite")
def invite(
    note: Annotated[str, typer.Argument(help="Whom it is for; they choose their own name.")],
    role: Role = "",
    dataset: Dataset = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print a link by which somebody new comes in; it works once, for 72 hours."""
    whole, local = ("", role) if dataset else (role, "")
    with opened(data_dir) as instance, instance.write() as session:
        secret = people.invite(session, Invitation(note, whole, dataset, local), ACTOR)
        place = first_admin.address(instance.settings, instance.settings.port)
    _tell_link(f"{place}/join?token={secret}", as_json=as_json)


@users.command("role")
def change_role(
    name: Name,
    role: Role = "",
    dataset: Dataset = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody another role, or none; in all data sets or in one."""
    with opened(data_dir) as instance, instance.write() as session:
        person = people.by_name(session, name)
        if not dataset:
            people.change_role(session, person.id, role, ACTOR)
        elif role:
            people_page.place(session, dataset, name, role, ACTOR)
        else:
            people_page.displace(session, dataset, person.id, ACTOR)
    if as_json:
        printing.tell({"name": person.name, "role": role, "dataset": dataset})
    else:
        printing.say(f"{person.name}: {role or 'no role'}{f' in {dataset}' if dataset else ''}")


@users.command("reset")
def reset(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a link by which somebody chooses a new password; it works once, for 24 hours."""
    with opened(data_dir) as instance, instance.write() as session:
        secret = people.reset_link(session, people.by_name(session, name).id, ACTOR)
        place = first_admin.address(instance.settings, instance.settings.port)
    _tell_link(f"{place}/join?token={secret}", as_json=as_json)


@users.command("remove")
def remove(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let somebody in no more; what they did keeps their name."""
    with opened(data_dir) as instance, instance.write() as session:
        person = people.by_name(session, name)
        people.remove(session, person.id, ACTOR)
    if as_json:
        printing.tell({"name": person.name, "left": True})
    else:
        printing.say(f"{person.name} has left.")


def _tell_link(link: str, *, as_json: bool) -> None:
    if as_json:
        printing.tell({"url": link})
    else:
        printing.say(f"Send this link to them alone: {link}")
