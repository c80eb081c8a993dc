"""Parts of the pipeline that trains encoders."""
