"""The view that a server shows, with all its arrays, as the page reads them one by one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.testclient import TestClient

from clioscope.explorer.container import unpack


def served_view(client: TestClient) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    header, arrays = unpack(client.get("/view").content)
    assert arrays == {}
    files = header.pop("files")
    read = {name: client.get(f"/array/{file}") for name, (_, _, file) in files.items()}
    assert {one.status_code for one in read.values()} <= {200}
    return header, {name: np.frombuffer(one.content, f"<{files[name][0]}") for name, one in read.items()}
