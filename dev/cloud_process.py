"""The local cloud as a child process; the standard library only, so that any interpreter can start it."""

import json
import queue
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).resolve().parents[1]
CLOUD_PYTHON = PROJECT / ".venvs/cloud/bin/python"
APP_PYTHON = PROJECT / ".venvs/app/bin/python"
LOOPBACK = "127.0.0.1"
KEPT_LINES = 200
STOP_SECONDS = 60.0
PERMISSIONS_USED = "permissions-used"
"""File in the state folder: a line for each `<role> <action> <resource>` that a policy allowed and somebody used."""


class CloudError(Exception):
    """The local cloud did not start, drain or stop; the message has its last lines and what to do."""


class CloudProcess:
    """A running local cloud. Ends with the process that started it, at the latest."""

    def __init__(self, process: "subprocess.Popen[str]", progress: Callable[[str], None] | None) -> None:
        """Use `start`."""
        self._process = process
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._progress = progress
        self._ready: queue.Queue[str] = queue.Queue()
        self.endpoint = ""
        """Base URL for AWS clients."""
        self.front = ""
        """Base URL of the HTTP API."""
        self.region = ""
        self.outputs: dict[str, str] = {}
        """Physical id by logical id of every resource of the template."""
        self._readers = [
            threading.Thread(target=self._read_ready, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._read_progress, args=(process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @classmethod
    def start(
        cls,
        state: Path,
        *,
        front_port: int = 0,
        front_host: str = LOOPBACK,
        port: int = 0,
        auth: bool = True,
        ephemeral: bool = False,
        parameters: Mapping[str, str] | None = None,
        logs: Path | None = None,
        template: Path | None = None,
        python: Path = APP_PYTHON,
        options: tuple[str, ...] = (),
        progress: Callable[[str], None] | None = None,
        timeout_seconds: float = 180,
    ) -> "CloudProcess":
        """Start it and wait until the template is deployed; raises CloudError.

        Ports of 0 mean: free ones. `progress` gets every line of the cloud's stderr, from another thread.
        """
        if not CLOUD_PYTHON.exists():
            raise CloudError(f"the local cloud is not installed ({CLOUD_PYTHON} is missing); run `make setup`")
        command = [str(CLOUD_PYTHON), "-m", "dev.cloud", "--state", str(state), "--python", str(python)]
        command += ["--front", f"{front_host}:{front_port}", "--port", str(port)]
        command += [*(["--auth"] if auth else []), *(["--ephemeral"] if ephemeral else []), *options]
        command += ["--logs", str(logs)] if logs else []
        command += ["--template", str(template)] if template else []
        for key, value in (parameters or {}).items():
            command += ["--param", f"{key}={value}"]
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C at a terminal goes to the whole group; whoever started the cloud decides when it ends
            start_new_session=True,
        )
        cloud = cls(process, progress)
        cloud._await_ready(timeout_seconds)
        return cloud

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def is_running(self) -> bool:
        """False after it ended, however."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it gracefully: requests and pollers finish, the state is saved. Raises CloudError if it hangs."""
        if self.is_running():
            self._process.terminate()
        try:
            status = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise CloudError(self._with_lines(f"it did not stop within {STOP_SECONDS:.0f} s and was killed")) from error
        self._close()
        if status != 0:
            raise CloudError(self._with_lines(f"it ended with status {status}"))

    def kill(self) -> None:
        """SIGKILL, as a crash or a power cut of this process would."""
        self._process.kill()
        self._process.wait()
        self._close()

    def drain(self, seconds: float = 30) -> None:
        """Wait until every stream record was delivered; raises CloudError with the pollers' states if not."""
        answer = self._control("POST", f"drain?seconds={seconds}", seconds + 5)
        if not answer.get("drained"):
            raise CloudError(f"records are still undelivered after {seconds} s: {json.dumps(answer)}")

    def pollers(self) -> list[dict[str, Any]]:
        """Counters and last error of every stream poller."""
        states: list[dict[str, Any]] = self._control("GET", "pollers", 5)["pollers"]
        return states

    def aws_environment(self) -> dict[str, str]:
        """Variables that point an AWS client at this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> "CloudProcess":
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_running():
            self.stop()

    def _await_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        try:
            line = self._ready.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty as error:
            self.kill()
            raise CloudError(self._with_lines(f"the local cloud was not ready after {seconds:.0f} s")) from error
        if not line:
            self.kill()
            raise CloudError(self._with_lines("the local cloud did not start"))
        ready = json.loads(line)
        self.endpoint, self.front = ready["endpoint"], ready["front"]
        self.region, self.outputs = ready["region"], ready["outputs"]

    def _control(self, method: str, what: str, seconds: float) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.endpoint}/_roost/{what}", method=method)
        try:
            with _direct().open(request, timeout=seconds) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                answer = json.load(error)
        except OSError as error:
            raise CloudError(self._with_lines(f"the local cloud does not answer: {error}")) from error
        return answer

    def _read_ready(self, stream: IO[str]) -> None:
        for line in stream:
            self._ready.put(line)
        self._ready.put("")

    def _read_progress(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.append(line.rstrip("\n"))
            if self._progress:
                self._progress(line.rstrip("\n"))

    def _with_lines(self, what: str) -> str:
        self._readers[1].join(1)
        return "\n".join([what, *(f"  {line}" for line in self._lines)])

    def _close(self) -> None:
        for reader, stream in zip(self._readers, (self._process.stdout, self._process.stderr), strict=True):
            reader.join(5)
            if stream and not reader.is_alive():
                stream.close()


def _direct() -> urllib.request.OpenerDirector:
    # a developer's proxy must not catch loopback
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
