"""The report of a run: one page of HTML that carries pictures and sound within itself and asks the network nothing."""
