"""``docs/genes.md`` says what the classes say, and its example of a gene works as it stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import phenotune.genome
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.genes.catalogue import GENES, RANGES

PACKAGE = Path(phenotune.genome.__file__).parents[1]
PAGE = (PACKAGE.parents[1] / "docs" / "genes.md").read_text(encoding="utf-8")
CLIP = {"source": "s0", "start_samples": 0, "length_samples": 9000}


def section(title: str) -> str:
    """Text of a section of the page, up to the next heading."""
    found = re.search(rf"^###? {title}\n(.*?)(?=^###? |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/genes.md has no section {title!r}"
    return found[1]


def setting_row(name, field) -> str:
    bounds = {
        side: getattr(limit, side)
        for limit in field.metadata
        for side in ("ge", "gt", "le")
        if hasattr(limit, side)
    }
    low = f"{bounds['ge']:g}" if "ge" in bounds else f"above {bounds['gt']:g}"
    limits = f"{low} to {bounds['le']:g}" if "le" in bounds else f"{low} or more"
    unit = field.json_schema_extra["unit"] or "–"
    return f"| `{name}` | {field.default:g} | {limits} | {unit} | {field.description} |"


def test_there_is_a_section_for_each_gene_in_the_order_of_the_catalogue():
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == list(GENES)


@pytest.mark.parametrize("tag", GENES)
def test_settings_are_those_of_the_ranges(tag):
    told = [line for line in section(tag).splitlines() if line.startswith("| `")]
    assert told == [setting_row(name, field) for name, field in RANGES[tag].model_fields.items()]


@pytest.mark.parametrize("tag", GENES)
def test_parameters_and_example_are_those_of_the_gene(tag, read):
    text = section(tag)
    example = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    data = {"clip": CLIP, "genes": [example]}
    assert example["gene"] == tag
    assert json.loads(json.dumps(chromosome_to_json(read(data)))) == data
    listed = re.findall(r"^- `(\w+)`:", text, re.MULTILINE)
    assert listed == [field.name for field in fields(GENES[tag])]


def test_the_example_of_a_gene_needs_no_more_than_the_page_says(tmp_path):
    """A copy of the package with the file and the line breeds, writes and reads the new gene, and passes its tests."""
    file, line, tests = re.findall(
        r"^```py\n(.*?)^```$", section("How to write a gene"), re.M | re.S
    )
    shutil.copytree(PACKAGE, tmp_path / "phenotune", ignore=shutil.ignore_patterns("__pycache__"))
    genes = tmp_path / "phenotune" / "genome" / "genes"
    (genes / "tremolo.py").write_text(file, encoding="utf-8")
    catalogue = (genes / "catalogue.py").read_text(encoding="utf-8")
    last_line = re.search(r"^    append: .*\n", catalogue, re.MULTILINE)[0]
    imported = "from phenotune.genome.genes.tremolo import Tremolo, TremoloRanges\n"
    catalogue = catalogue.replace(last_line, last_line + line)
    catalogue = catalogue.replace("from phenotune.settings", imported + "from phenotune.settings")
    (genes / "catalogue.py").write_text(catalogue, encoding="utf-8")
    (tmp_path / "test_tremolo.py").write_text(tests, encoding="utf-8")
    (tmp_path / "test_known.py").write_text(KNOWN, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "4 passed" in result.stdout, result.stdout + result.stderr


KNOWN = """
import json
import os

import numpy as np

import phenotune.genome
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.genes.catalogue import GENES, GenesSettings
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings, founder, vary
from phenotune.mosaic.encode import chromosome_from_model
from phenotune.mosaic.schema import ChromosomeModel


def test_the_gene_is_known():
    assert phenotune.genome.__file__.startswith(os.getcwd())
    assert GenesSettings().tremolo.max_swing_hz == 12.0
    rng, spans = np.random.default_rng(440), Spans([Span("s0", 8000, 80_000)])
    genes = GenesSettings.model_validate(
        {tag: {"weight": float(tag == "tremolo")} for tag in GENES}
    )
    settings = VariationSettings(slide_clip_weight=0.0, resize_clip_weight=0.0)
    (child,) = vary(founder(rng, spans), rng, genes, settings, spans)
    assert child.genes[0].tag == "tremolo"
    model = ChromosomeModel.model_validate_json(json.dumps(chromosome_to_json(child)))
    assert chromosome_from_model(model, "") == child
"""
