"""A site of somebody else on this machine: files of some folders, and a page."""

import contextlib
import http.server
import threading

PAGE = b"<!doctype html><title>A page of another site</title>"


@contextlib.contextmanager
def other_site(folders=(), page=PAGE):
    """Yields the address of a site with this front page, an empty one; /name is the file of that name in one of the folders."""

    class Files(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.removeprefix("/")
            found = [folder / name for folder in folders if "/" not in name and (folder / name).is_file()]
            if name and not found:
                self.send_error(404)
                return
            kinds = {"": "text/html", "js": "text/javascript", "wasm": "application/wasm"}
            body = found[0].read_bytes() if found else page
            self.send_response(200)
            self.send_header("Content-Type", kinds[name.rpartition(".")[2]])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Nothing: the tests say what went wrong."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
