"""Views: cutouts changed by chance, sky first, then geometry, then channels."""
