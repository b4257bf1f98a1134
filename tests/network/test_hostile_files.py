"""A file that is another kind than its name says leads to no other file and no other machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

OPENED = """
import sys
import gatusyn
import pyogrio
try:
    print(pyogrio.read_info(sys.argv[1])["features"])
except pyogrio.errors.DataSourceError:
    print("not opened")
"""


@pytest.mark.parametrize("kind", ["vrt", "gdalg"])
def test_nothing_is_opened_by_way_of_a_file(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("name,lon\nAnna,1\n")
    layer = f"<SrcDataSource>{secret}</SrcDataSource><SrcLayer>secret</SrcLayer>"
    command = f"gdal vector pipeline ! read {secret} ! write --output-format stream streamed"
    content = {
        "vrt": f"<OGRVRTDataSource><OGRVRTLayer name='x'>{layer}</OGRVRTLayer></OGRVRTDataSource>",
        "gdalg": json.dumps({"type": "gdal_streamed_alg", "command_line": command}),
    }[kind]
    name = "net.gdalg.json" if kind == "gdalg" else "net.gpkg"
    (tmp_path / name).write_text(content)
    command_line = [sys.executable, "-c", OPENED, str(tmp_path / name)]
    done = subprocess.run(command_line, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "not opened"


def test_drivers_that_read_from_other_machines_by_a_file_are_off() -> None:
    code = "import gatusyn, pyogrio; print(*pyogrio.list_drivers(), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    drivers = set(done.stdout.split("\n"))
    assert {"GPKG", "ESRI Shapefile", "GeoJSON"} <= drivers
    assert not {"OGR_VRT", "GDALG", "WFS"} & drivers
