"""A receiver of webhooks on this machine, that keeps what it is sent."""

import http.server
import json
import threading
import time


class Receiver:
    def __init__(self, status=200):
        self.messages = []
        self.times = []
        self.status = status
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.times.append(time.time())
                receiver.messages.append((dict(self.headers.items()), json.loads(raw), raw))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "6")
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def until(self, holds, seconds=30):
        """Waits until something holds of the bodies; headers, bodies and raw bodies."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = list(self.messages)
            if found and holds([body for _, body, _ in found]):
                return found
            time.sleep(0.01)
        raise AssertionError(f"it never held of {self.messages}")
