# SPDX-License-Identifier: MIT
"""The server of server.py by https, with a certificate that openssl makes."""
import contextlib
import os
import shutil
import ssl
import subprocess
import tempfile
import unittest

from server import Server


class SecureServer(Server):
    """The certificate is for a name and for the address 127.0.0.1. Clients whose environment is
    `trust` trust it."""

    def __init__(self, *scripts, name="localhost"):
        if shutil.which("openssl") is None:
            raise unittest.SkipTest("there is no openssl")
        self.folder = tempfile.TemporaryDirectory()
        self.certificate, self.key = (os.path.join(self.folder.name, name)
                                      for name in ("cert", "key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
                        "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-out",
                        self.certificate, "-keyout", self.key], check=True, stderr=subprocess.DEVNULL)
        self.trust = {**os.environ, "SSL_CERT_FILE": self.certificate}
        self.names = []  # that clients asked for
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, self.key)
        self.context.sni_callback = lambda socket, name, context: self.names.append(name)
        super().__init__(*scripts)
        self.url = self.url.replace("http:", "https:")
        self.named_url = self.url.replace("127.0.0.1", "localhost")

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.folder.cleanup()

    def _serve(self, connection):
        with contextlib.suppress(OSError):  # the client did not like it
            super()._serve(self.context.wrap_socket(connection, server_side=True))

    def _end(self, connection):
        connection.setblocking(False)
        with contextlib.suppress(OSError):  # it says that it ends, and does not wait for an answer
            connection.unwrap()
        super()._end(connection)
