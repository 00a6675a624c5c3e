"""Where the workspace is served; the URLs that it gives out begin with it."""


class Origin:
    """The address of a server, known only while it runs."""

    def __init__(self) -> None:
        self._url = ""

    @property
    def url(self) -> str:
        """``http://HOST:PORT``.

        Raises:
            RuntimeError: The server is not running.
        """
        if not self._url:
            raise RuntimeError("The local workspace is not running. Use it as a context manager, or start() it.")
        return self._url

    def set(self, host: str, port: int) -> None:
        """Note where the server listens; ``host`` is an IP address."""
        self._url = f"http://{bracketed(host)}:{port}"

    def clear(self) -> None:
        """Note that the server has stopped."""
        self._url = ""


def bracketed(host: str) -> str:
    """A host in the form that URLs need: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host
