"""Datasets in the forms of other tools, in and out: pictures of cards by folder or table, and screens with boxes."""

from balatro.annotate_dataset.forms.exchange import (
    FORMS,
    ExportedScreens,
    Form,
    Imported,
    export_boxes,
    export_dataset,
    guess_form,
    import_dataset,
)

__all__ = ["FORMS", "ExportedScreens", "Form", "Imported", "export_boxes", "export_dataset", "guess_form", "import_dataset"]
