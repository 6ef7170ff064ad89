"""A client that asks an application in this process, as a browser on this machine would, without a socket."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx


class Client:
    """Keeps cookies, follows no redirect, and answers at once."""

    def __init__(self, app: Any, base_url: str) -> None:
        self._app, self._base, self._cookies = app, base_url, httpx.Cookies()

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=self._base, cookies=self._cookies, timeout=60
            ) as made:
                answer = await made.request(method, path, **given)
                self._cookies = made.cookies
                return answer

        with ThreadPoolExecutor(1) as pool:  # whatever loop runs in this thread, as a browser's does
            return pool.submit(asyncio.run, ask()).result()

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)
