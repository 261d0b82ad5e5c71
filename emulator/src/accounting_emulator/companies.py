"""All companies of one server: the main one, its neighbours, and what tests found besides."""

from collections.abc import Callable, Iterator

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company, found_company
from accounting_emulator.profile import (
    Founding,
    list_neighbours,
    make_main_profile,
    make_neighbour_profile,
)
from accounting_emulator.switches import Switches

MAX_COMPANIES = 200


class Companies:
    """Companies by realm id, in the order they were founded; the main one comes first."""

    def __init__(self, *, founding: Founding, get_switches: Callable[[], Switches]) -> None:
        self._get_switches = get_switches
        profile = make_main_profile(founding=founding)
        self.main = found_company(profile=profile, founding=founding, get_switches=get_switches)
        self._by_realm = {profile.realm_id: self.main}
        for neighbour in list_neighbours(seed=founding.seed):
            if neighbour.company != founding.company:
                self.found(founding=neighbour)

    def __iter__(self) -> Iterator[Company]:
        return iter(self._by_realm.values())

    def find(self, *, realm_id: str) -> Company | None:
        """Look a company up by its realm id."""
        return self._by_realm.get(realm_id)

    def get(self, *, realm_id: str) -> Company:
        """Give the company with this realm id.

        Raises:
            Refusal: there is none.
        """
        company = self.find(realm_id=realm_id)
        if company is None:
            raise Refusal("not_found", f"There is no company with id {realm_id}.")
        return company

    def found(self, *, founding: Founding) -> Company:
        """Found one more company; the same words always make the same one.

        Raises:
            Refusal: one with this name is there already, or there are too many.
        """
        profile = make_neighbour_profile(founding=founding)
        names = {company.profile.name for company in self}
        if profile.name in names or profile.realm_id in self._by_realm:
            raise Refusal("duplicate_name", f"There is a company named {profile.name} already.")
        if len(names) >= MAX_COMPANIES:
            raise Refusal("rule", f"A server keeps at most {MAX_COMPANIES} companies.")
        company = found_company(profile=profile, founding=founding, get_switches=self._get_switches)
        self._by_realm[profile.realm_id] = company
        return company
