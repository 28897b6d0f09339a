"""TLS before an HTTP server: takes connections, speaks TLS with them, and hands on what they say.

python3 tls.py CERTIFICATE KEY HOST PORT [old]: prints its port.
"""

import socket
import ssl
import sys
import threading
import warnings


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(context, connection, target):
    try:
        inside = context.wrap_socket(connection, server_side=True)
        outside = socket.create_connection(target)
    except OSError:
        connection.close()
        return
    threading.Thread(target=pump, args=(outside, inside), daemon=True).start()
    pump(inside, outside)


certificate, key, host, port, *old = sys.argv[1:]
warnings.simplefilter("ignore")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
if old:
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(context, connection, (host, int(port))), daemon=True).start()
