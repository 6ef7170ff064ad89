"""One name of a mechanism, looked up in the vocabulary of its case."""

from __future__ import annotations

from typing import Literal

from lynchpin.errors import BadMechanism, suggest

from ._checked import Bound, Vocabulary

ANY_CLASS = "any"
ANY_STATE = "*"


def bind(vocabulary: Vocabulary, name: str, *, has_sector: bool) -> Bound:
    """Give the nodes a name ranges over, its sector aside. A BadMechanism raised here has no place yet."""
    states = {node.partition(".")[0] for node in vocabulary.nodes} if has_sector else set(vocabulary.nodes)
    kinds: list[Literal["node", "role", "variable"]] = []
    if name in states:
        kinds.append("node")
    if name in vocabulary.roles:
        kinds.append("role")
    if name in vocabulary.variables:
        kinds.append("variable")
    if not kinds:
        known = {*vocabulary.nodes, *vocabulary.roles, *vocabulary.variables}
        mend = suggest(name, known, noun="nodes, roles and variables")
        raise BadMechanism(f"no node, role or variable is called '{name}'", "", mend)
    if len(kinds) > 1:
        raise BadMechanism(f"'{name}' is both a {' and a '.join(kinds)}", "", "give one of them another name")
    kind = kinds[0]
    if kind == "node":
        return Bound(name, kind, None, (name,))
    role = name if kind == "role" else vocabulary.variables[name]
    if role != ANY_STATE and role not in vocabulary.roles:
        mend = suggest(role, vocabulary.roles, noun="roles")
        raise BadMechanism(f"the variable '{name}' ranges over '{role}', which is not a role", "", mend)
    domain = vocabulary.states if role == ANY_STATE else tuple(vocabulary.roles[role])
    if not domain:
        raise BadMechanism(f"nobody plays the role '{role}'", "", "give the role a member, or drop the mechanism")
    return Bound(name, kind, None, domain, role)


def classes_of(vocabulary: Vocabulary, name: str) -> tuple[str, ...]:
    """Give the classes a name stands for. A BadMechanism raised here has no place yet."""
    meanings = [
        ("a class", name in vocabulary.classes),
        ("a group", name in vocabulary.groups),
        ("the word for every act", name == ANY_CLASS),
    ]
    found = [meaning for meaning, holds in meanings if holds]
    if not found:
        known = {*vocabulary.classes, *vocabulary.groups, ANY_CLASS}
        raise BadMechanism(f"no class or group is called '{name}'", "", suggest(name, known, noun="classes and groups"))
    if len(found) > 1:
        raise BadMechanism(f"'{name}' is both {' and '.join(found)}", "", "give one of them another name")
    if name == ANY_CLASS:
        return vocabulary.classes
    return (name,) if name in vocabulary.classes else tuple(vocabulary.groups[name])
