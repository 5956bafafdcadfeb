"""What can go wrong between a frame and the warehouse, one class for each thing to do about it.

    WarehouseError
    ├── BadSetting          fix a setting (path, schema or policy)
    ├── DatabaseLocked      wait, or close the program that holds the file; a retry can help
    ├── DatabaseCorrupt     put a copy of the file back, or move it away and load anew
    ├── DatabaseTooNew      update this project, or use another file
    ├── DatabaseUnwritable  fix the path, the permissions or the disk
    ├── ExportFailed        fix the folder of copies for readers; the tables themselves are right
    ├── ForeignTable        move the table away, or choose another schema
    ├── SchemaFrozen        allow the change, or change the data
    ├── OutsideSlice        fix the asset: it handed over rows it was not asked for
    ├── BadValue            fix the data: a value does not fit the type of its column
    └── NotMaterialized     materialize the table first

Every message is one line. Holds no code that finds a fault.
"""

# ruff: noqa: N818 - named for what happened, as a person says it


class WarehouseError(Exception):
    """Any failure of the warehouse that a person can act on."""

    retry_helps = False


class BadSetting(WarehouseError):
    """The path, the schema or the policy cannot be what was given."""


class DatabaseLocked(WarehouseError):
    """Another writer, or another program, kept the database file for too long."""

    retry_helps = True


class DatabaseCorrupt(WarehouseError):
    """The file is damaged, or is no database; nothing of it was changed."""


class DatabaseTooNew(WarehouseError):
    """A newer version of this project made the tables; nothing of them was changed."""


class DatabaseUnwritable(WarehouseError):
    """The database file cannot be opened, read or written where it is."""


class ExportFailed(WarehouseError):
    """The copies for readers could not be brought up to date; the database is."""


class ForeignTable(WarehouseError):
    """A table or view of that name exists and was not made by this warehouse."""


class SchemaFrozen(WarehouseError):
    """The rows need a change of the table that the schema policy forbids."""


class OutsideSlice(WarehouseError):
    """Some rows lie outside the days or accounts that the write replaces."""


class BadValue(WarehouseError):
    """A value would change or be lost if it were stored in the type of its column."""


class NotMaterialized(WarehouseError):
    """A table, or a column of it, is asked for that nobody has written yet."""
