"""The products that people look at: the preview picture and the HTML report."""
