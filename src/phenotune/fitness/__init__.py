"""How much closer to the target a phenotype brings the canvas."""
