"""Known holes in what ``constraints.txt`` pins: ``python .ci/audit.py PIP_AUDIT``.

Fails for a hole, and not where advisories cannot be had: then it says that nothing was audited.
"""

import json
import subprocess
import sys


def main(pip_audit: str) -> int:
    """Run pip-audit and read what it found; its own end is 0 also when it could look up nothing."""
    options = ["--requirement", "constraints.txt", "--no-deps", "--disable-pip", "--format", "json"]
    try:
        ended = subprocess.run(
            [pip_audit, *options, "--timeout", "10"],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        found = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("audit: no advisories can be had from here; NOTHING was audited")
        return 0
    audited = [package for package in found if "vulns" in package]
    holes = [(package, hole) for package in audited for hole in package["vulns"]]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "nothing yet"
        print(f"audit: {package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    if not audited:
        print(f"audit: no advisories can be had from here; NOTHING of {len(found)} packages was audited")
    else:
        print(f"audit: {len(audited)} of {len(found)} packages audited, {len(holes)} known holes")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
