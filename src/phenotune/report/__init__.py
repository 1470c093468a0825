"""Pictures and pages that tell what a run has made."""
