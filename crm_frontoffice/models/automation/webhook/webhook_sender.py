"""Requests to addresses that people entered: not into the own network, not further and not longer than needed."""

import ipaddress
import socket
import time
from typing import NamedTuple

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MOST_BYTES = 2000  # of an answer that are read
MOST_ADDRESSES = 3  # of a host that are tried
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(OSError):
    """The host is in a network that the internet does not reach."""


class Answer(NamedTuple):
    status: int  # 0: none came
    text: str  # the beginning of it
    error: str  # why none came

    @property
    def is_taken(self):
        return 200 <= self.status < 300


def is_public(address):
    """Whether an address belongs to the internet, and not to this host, a private network or a cloud's inside.

    >>> [is_public(text) for text in ("93.184.216.34", "2606:2800:220:1::1")]
    [True, True]
    >>> [is_public(text) for text in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1")]
    [False, False, False, False, False, False]
    >>> [is_public(text) for text in ("::1", "fe80::1%eth0", "fd00::1")]
    [False, False, False]
    >>> [is_public(text) for text in ("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::")]
    [False, False, False]
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if ip.version == 6:
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def resolve(host, port):
    """The addresses of a host, all of them public.

    :raise PrivateAddressError: when any is not: the next question might be answered with that one
    """
    found = [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(is_public(address) for address in found):
        raise PrivateAddressError(f"{host} is an address of a private network")
    return list(dict.fromkeys(found))[:MOST_ADDRESSES]


class _CheckedConnection:
    """Connects to the address that was checked: a second question to the DNS might have another answer."""

    def _new_conn(self):
        host = self._dns_host
        addresses = resolve(host, self.port)
        try:
            for number, address in enumerate(addresses, 1):
                self._dns_host = address
                try:
                    return super()._new_conn()
                except Exception:
                    if number == len(addresses):
                        raise
        finally:
            self._dns_host = host  # the name that the certificate must bear
        raise OSError(f"{host} has no address")


class _CheckedHTTPConnection(_CheckedConnection, HTTPConnection):
    pass


class _CheckedHTTPSConnection(_CheckedConnection, HTTPSConnection):
    pass


class _CheckedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTPConnection


class _CheckedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPSConnection


class _CheckedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        made = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _CheckedHTTPPool, "https": _CheckedHTTPSPool}
        return made


class Sender:
    """Posts over one connection as long as the receiver keeps it; certificates are verified, redirects not followed."""

    def __init__(self, *, allow_private):
        self._session = requests.Session()
        # Neither proxies nor passwords of the server's own environment.
        self._session.trust_env = False
        if not allow_private:
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, _CheckedAdapter())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._session.close()

    def post(self, url, body, headers, timeout):
        """Send a body.

        :param timeout: seconds to wait for the connection, for the answer, and for the rest of the answer
        :return: an Answer; never raises for what the receiver or the network does
        """
        try:
            with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
            ) as response:
                return Answer(response.status_code, self._read(response, timeout), "")
        except requests.Timeout:
            return Answer(0, "", f"No answer within {timeout} seconds")
        except (requests.RequestException, OSError, ValueError) as error:
            return Answer(0, "", str(error)[:500])

    def _read(self, response, timeout):
        deadline = time.monotonic() + timeout
        read = bytearray()
        try:
            # Byte by byte out of the buffer: whoever sends one each second is not waited for.
            for piece in response.raw.stream(1, decode_content=False):
                read += piece
                if len(read) >= MOST_BYTES or time.monotonic() > deadline:
                    response.raw.close()
                    break
        except Exception:  # the status came, which is what counts
            response.raw.close()
        return read.decode("utf-8", "replace").replace("\0", "")
