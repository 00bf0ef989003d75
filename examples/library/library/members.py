"""People who may borrow."""

from dataclasses import dataclass
from datetime import date


class MembershipExpired(Exception):
    def __init__(self, member_id: str, expired_on: date) -> None:
        super().__init__(f"membership of {member_id} ended on {expired_on}")
        self.member_id = member_id
        self.expired_on = expired_on


@dataclass
class Member:
    member_id: str
    name: str
    email: str
    expires_on: date
    max_loans: int = 5

    def is_active(self, today: date) -> bool:
        return today <= self.expires_on

    def require_active(self, today: date) -> None:
        if not self.is_active(today):
            raise MembershipExpired(self.member_id, self.expires_on)


def find_member(members: list[Member], member_id: str) -> Member:
    for member in members:
        if member.member_id == member_id:
            return member
    raise KeyError(member_id)
