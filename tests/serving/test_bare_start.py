"""Setting up begins where no library is installed yet."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_setting_up_needs_nothing_but_python() -> None:
    words = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import portal.serving.setup; assert 'piccolo' not in sys.modules"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", words], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
