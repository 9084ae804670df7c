"""A proxy whose answers get lost, as on a network that breaks at the worst moment."""

import contextlib
import http.client
import http.server
import threading
import urllib.parse

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class LossyProxy:
    """Forwards everything to a server. Of the calls that are named, the first answer is lost:
    the server has done the work, and the client's connection closes without a word."""

    def __init__(self, url):
        self.url = url
        # For each path, how often it reached the server.
        self.calls = []
        self.lost = []

    def calls_of(self, ending):
        return sum(path.endswith(ending) for path in self.calls)

    def loses(self, path):
        """Is this the first answer of a call that changes something?"""
        if path in self.lost:
            return False
        self.lost.append(path)
        return True


def handler_of(proxy, target):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            upstream = http.client.HTTPConnection(target.hostname, target.port, timeout=60)
            try:
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                content = answer.read()
            finally:
                upstream.close()
            path = self.path.split("?")[0]
            proxy.calls.append(path)
            if self.command != "GET" and answer.status == 200 and proxy.loses(path):
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def lossy_proxy(url):
    """Listens on a port of its own while the block runs."""
    target = urllib.parse.urlsplit(url)
    proxy = LossyProxy(None)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(proxy, target))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
