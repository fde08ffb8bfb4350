"""Adds to a built package what the build reads beside its code: sources/ and metadata.yml, as recognition/data/."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithData(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # which reads them where they are
            data = Path(self.build_lib, "recognition", "data")
            shutil.copytree("sources", data / "sources", dirs_exist_ok=True)
            shutil.copy("metadata.yml", data)


setup(cmdclass={"build_py": WithData})
