"""The copies for readers of a command: whether they can be made, and whether its runs made them."""

from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Export, ExportFailed, Warehouse


def check_copies(settings: Settings) -> None:
    """Raise ExportFailed when there is a folder for copies and none could be made in it."""
    if settings.export_dir is not None:
        _export(settings).check_writable()


def copies_left_behind(settings: Settings) -> str | None:
    """Why copies are older than the database after the runs, each of which makes its own; None when they are not.

    They are made once more, as that tells what is in the way.
    """
    if settings.export_dir is None:
        return None
    try:
        _export(settings).bring_up(lambda schema: Warehouse(settings.duckdb_path, schema=schema))
    except ExportFailed as problem:
        return str(problem)
    return None


def _export(settings: Settings) -> Export:
    return Export(str(settings.export_dir), settings.export_format)
