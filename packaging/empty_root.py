#!/usr/bin/env python3
"""Runs the program in an empty root: empty_root.py PROGRAM

It has to judge a recorded account there, and to find an endpoint by its name: to resolve names is what a statically linked program
forgets first. The root and the network are made for this run; as another user than root the kernel must allow user namespaces.
"""
import fcntl, http.server, os, pathlib, shutil, socket, struct, subprocess, sys, tempfile, threading

NAME = "endpoint.test"
READY = pathlib.Path(__file__).parent.parent / "fixtures/accounts/ready.json"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def main():
    if sys.argv[2:] != ["inside"]:
        os.execvp("unshare", ["unshare", "--map-root-user", "--net", sys.executable, __file__, sys.argv[1], "inside"])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        shutil.copy(sys.argv[1], root / "stagecheck")
        shutil.copy(READY, root / "ready.json")
        audit(root, 0, "--snapshot", "/ready.json")

        bring_up("lo")
        (root / "etc").mkdir()
        (root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
        asked, hosts = serve_names(), serve_denials()
        keys = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "of no matter"}
        # Whoever asks may see nothing, so all is unknown.
        audit(root, 3, AWS_ENDPOINT_URL=f"http://{NAME}", AWS_EC2_METADATA_DISABLED="true", **keys)
        assert NAME in asked, f"the name was not asked for: {asked}"
        assert hosts and all(NAME in host for host in hosts), f"the endpoint was not found: {hosts}"
    print(f"in an empty root: a snapshot was judged, {NAME} was found, {len(hosts)} calls were made")


def audit(root, status, *arguments, **environment):
    ran = subprocess.run(["chroot", root, "/stagecheck", "audit", *arguments], env={"PATH": os.environ["PATH"], **environment},
                         capture_output=True, text=True, timeout=60)
    assert ran.returncode == status, f"ended with {ran.returncode} instead of {status}\n{ran.stdout}{ran.stderr}"


def bring_up(interface):
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", interface.encode(), 0)
        name, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", name, flags | IFF_UP))


def serve_names():
    """A name server that leads every name to this machine; gives the names that it was asked for."""
    asked, listening = set(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 53))

    def serve():
        while True:
            question, sender = listening.recvfrom(512)
            labels, at = [], 12
            while length := question[at]:
                labels.append(question[at + 1:at + 1 + length].decode())
                at += 1 + length
            asked.add(".".join(labels))
            end = at + 5
            is_ipv4 = question[at + 1:at + 3] == b"\0\1"
            answer = b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + socket.inet_aton("127.0.0.1") if is_ipv4 else b""
            head = question[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, int(is_ipv4), 0, 0)
            listening.sendto(head + question[12:end] + answer, sender)

    threading.Thread(target=serve, daemon=True).start()
    return asked


def serve_denials():
    """An endpoint that denies everything; gives the hosts that were asked."""
    hosts = []

    class Deny(http.server.BaseHTTPRequestHandler):
        def answer(self):
            hosts.append(self.headers["Host"])
            body = b'<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>'
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_HEAD = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 80), Deny)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return hosts


main()
