"""The import contract that import-linter has no type for: an app's doors."""

from typing import Any, ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Modules of one app may import only named modules of another, its doors.

    An app is a child of one of `packages`. `doors` are names that mean a door in every app;
    `own_doors` are full names of further ones. `open_packages` may be entered anywhere.
    """

    type_name: ClassVar[str] = "doors"

    packages = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    own_doors = fields.SetField(subfield=fields.StringField(), required=False)
    open_packages = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 import-linter's signature
        """This will look at every import that leaves one app for another."""
        apps = {app for package in self._set("packages") for app in graph.find_children(package)}
        closed = apps - self._set("open_packages")
        intrusions = sorted(
            (importer, imported, self._line(graph, importer, imported))
            for app in closed
            for imported in self._rooms(graph, app)
            for importer in graph.find_modules_that_directly_import(imported)
            if any(_is_inside(importer, other) for other in apps - {app})
        )
        return ContractCheck(kept=not intrusions, metadata={"intrusions": intrusions})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """This will print one line per import that enters by a window."""
        for importer, imported, line in check.metadata["intrusions"]:
            output.print_error(f"- {importer} -> {imported} (l.{line})", bold=False)
        output.new_line()

    def _rooms(self, graph: ImportGraph, app: str) -> set[str]:
        doors = {f"{app}.{door}" for door in self._set("doors")} | self._set("own_doors")
        return {
            module
            for module in graph.find_descendants(app)
            if not any(_is_inside(module, door) for door in doors)
        }

    def _set(self, option: str) -> set[str]:
        values: Any = getattr(self, option)
        return set(values or ())

    @staticmethod
    def _line(graph: ImportGraph, importer: str, imported: str) -> int:
        details = graph.get_import_details(importer=importer, imported=imported)
        return min(detail["line_number"] for detail in details)


def _is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
