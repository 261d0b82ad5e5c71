"""node-quickbooks from npm, unmodified but for its addresses (section 13)."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import Running

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[2] / ".local" / "node"
WANTED = (
    "Node.js and npm are needed to run this client; install them (Debian: apt-get install npm)."
)
INSTALL_SECONDS = 300


@pytest.fixture(scope="module")
def installed() -> Path:
    """The locked client, installed by npm once for each lock, outside of what git keeps."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.fail(WANTED)
    lock = (HERE / "package-lock.json").read_bytes()
    folder = CACHE / hashlib.sha256(lock).hexdigest()[:12]
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False,
            timeout=INSTALL_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, f"npm could not install the client:\n{done.stderr}"
        (folder / "done").touch()
    return folder


@pytest.fixture(scope="module")
def steps(writable: Running, installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What each step of the journey in node/drive.cjs came to."""
    discovery = writable.client.get(writable.ready["discovery_url"]).json()
    path = discovery["token_endpoint"].removeprefix(writable.ready["base_url"])
    ready = tmp_path_factory.mktemp("node") / "ready.json"
    ready.write_text(json.dumps(writable.ready | {"token_path": path}))
    command = ["node", str(HERE / "drive.cjs"), str(ready), str(installed)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_13_node_quickbooks_signs_in(steps: Any) -> None:
    assert steps["sign in"]["answer"]["token_type"] == "bearer"
    assert steps["company"]["answer"]["CompanyName"] == "Hollow Reed Lamp Works"


def test_13_node_quickbooks_writes(steps: Any) -> None:
    assert steps["create item"]["answer"]["QtyOnHand"] == 7
    after = steps["update item"]["answer"]
    assert (after["UnitPrice"], after["SyncToken"], after["QtyOnHand"]) == (4.5, "1", 7)
    assert steps["read item"]["answer"] == after
    assert steps["deactivate account"]["answer"]["Name"] == "Glass sales (deleted)"
    assert steps["update customer"]["answer"]["Notes"] == "calls often"
    assert steps["update vendor"]["answer"]["AcctNum"] == "A-1"


def test_13_node_quickbooks_is_refused(steps: Any) -> None:
    assert steps["stale item"]["fault"]["code"] == "5010"
    assert steps["duplicate name"]["fault"]["code"] == "6240"
    assert steps["not found"]["fault"]["code"] == "610"
    assert steps["by price"]["fault"]["code"] == "4001"


def test_13_node_quickbooks_asks(steps: Any) -> None:
    for name in ("item", "vendor", "customer"):
        found = steps[f"awkward {name}"]["answer"]["QueryResponse"]
        assert found["maxResults"] == 1
    assert steps["count"]["answer"]["QueryResponse"] == {"totalCount": 65}
    ids = steps["every item"]["ids"]
    assert len(ids) == 61
    assert ids == sorted(set(ids), key=int)


def test_13_node_quickbooks_repeats_and_batches(steps: Any) -> None:
    assert steps["repeat"] == steps["repeated"]
    answers = {row["bId"]: row for row in steps["batch"]["answer"]["BatchItemResponse"]}
    assert answers["a"]["Vendor"]["DisplayName"] == "In a batch"
    assert answers["b"]["Fault"]["Error"][0]["code"] == "6240"
    assert answers["c"]["QueryResponse"]["totalCount"] > 3


def test_13_node_quickbooks_captures_changes(steps: Any) -> None:
    (response,) = steps["changes"]["answer"]["CDCResponse"]
    kinds = [next(iter(group), None) for group in response["QueryResponse"]]
    assert kinds == [None, "Item", "Vendor"]
    names = [row["DisplayName"] for row in response["QueryResponse"][2]["Vendor"]]
    assert {"100% Glass #1", "Once", "In a batch"} <= set(names)
