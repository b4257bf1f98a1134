"""Gatusyn shows a town how its streets are: from phone footage to graded sections on a map."""

import os

__version__ = "0.1.0"

# ONNX Runtime's own builds report to Microsoft unless this is set before it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# GDAL opens a file by what is in it, whatever its name says; these would lead on to other files and
# machines, and so would a GML file's schema.
os.environ["GDAL_SKIP"] = "OGR_VRT,GDALG,WFS"
os.environ["GML_DOWNLOAD_SCHEMA"] = "NO"
