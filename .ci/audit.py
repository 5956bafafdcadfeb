"""Known holes in what ``constraints.txt`` pins: ``python .ci/audit.py PIP_AUDIT [--without-advisories]``.

Ends with status 1 for a hole, and with 3 when a package could not be looked up: a list of holes that nobody could
read is no empty list. Where that is expected, as on a machine that reaches no advisories, ``--without-advisories``
says so, and the status is 0; what was not audited is printed all the same.
"""

import json
import subprocess
import sys

NOT_AUDITED = 3
SHOWN = 10


def main(pip_audit: str, *options: str) -> int:
    """Run pip-audit and read what it found; its own end is 0 also when it could look up nothing."""
    found = looked_up(pip_audit)
    audited = [package for package in found if "vulns" in package]
    holes = [(package, hole) for package in audited for hole in package["vulns"]]
    for package, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "nothing yet"
        print(f"audit: {package['name']} {package['version']}: {hole['id']}, fixed in {fixed}")
    print(f"audit: {len(audited)} of {len(found)} packages audited, {len(holes)} known holes")
    left = sorted(package["name"] for package in found if "vulns" not in package)
    if holes:
        return 1
    if found and not left:
        return 0
    names = ", ".join(left[:SHOWN]) + (f" and {len(left) - SHOWN} more" if len(left) > SHOWN else "")
    print(f"audit: NOT audited, as no advisories can be had from here: {names or 'anything'}")
    if "--without-advisories" in options:
        print("audit: that was expected (--without-advisories)")
        return 0
    return NOT_AUDITED


def looked_up(pip_audit: str) -> list[dict]:
    """What pip-audit tells of each package; nothing when it told nothing."""
    options = ["--requirement", "constraints.txt", "--no-deps", "--disable-pip", "--format", "json"]
    try:
        ended = subprocess.run(
            [pip_audit, *options, "--timeout", "10"],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
