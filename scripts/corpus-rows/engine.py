"""Prisma's engine as one process that answers many requests, a JSON document a line."""

import atexit
import json
import os
import subprocess
import threading
from pathlib import Path

TIMEOUT = 120  # seconds that one question may take
PROGRAM = Path(__file__).parents[2] / "tests/judges/prisma_engine.mjs"


class Engine:
    """Started at the first question, and anew after a panic, which poisons it, or a time-out."""

    def __init__(self):
        self.process = None

    def ask(self, operation: str, files: list, to: list | None = None) -> tuple:
        """Whether the engine did it, and what it said."""
        if self.process is None:
            judges = Path(os.environ["ORMSYNC_JUDGES"])
            self.process = subprocess.Popen(
                [judges / "bin/node", PROGRAM, judges / "prisma"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            )
            atexit.register(self.process.kill)
        too_long = threading.Timer(TIMEOUT, self.process.kill)
        too_long.start()
        try:
            self.process.stdin.write(json.dumps({"operation": operation, "files": files, "to": to}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            too_long.cancel()
        if not line:
            self.process = None
            return False, f"the engine ended, or took longer than {TIMEOUT} s"
        answer = json.loads(line)
        if answer.get("panic"):
            self.process.kill()
            self.process = None
        return answer["ok"], answer["output"]


ask = Engine().ask
