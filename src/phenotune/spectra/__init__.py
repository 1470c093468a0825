"""Short-time spectra, band layouts, compression, and the target's features."""
