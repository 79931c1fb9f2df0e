"""Questions as batch files, and their answers back: for services that answer many questions later, and cheaper."""
