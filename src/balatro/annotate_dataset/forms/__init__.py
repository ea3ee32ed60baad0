"""Datasets in the forms of other tools, in and out: folders by class, CSV, COCO, YOLO classification, Label Studio."""

from balatro.annotate_dataset.forms.exchange import (
    FORMS,
    Form,
    Imported,
    export_boxes,
    export_dataset,
    guess_form,
    import_dataset,
)

__all__ = ["FORMS", "Form", "Imported", "export_boxes", "export_dataset", "guess_form", "import_dataset"]
