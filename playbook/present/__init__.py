"""What is shown: sentences, figures, the report, and the only place that knows colours."""
