"""Runs the AWS CLI for the commands of the tests: loaded once, and forked for each call, since to load it takes most of a call's time.

Each call comes over a Unix socket with its arguments, environment, working folder and the three standard streams. It ends with
standard input, which the kernel closes however the test process goes.
"""

import contextlib
import functools
import io
import json
import os
import select
import signal
import socket
import sys
import traceback

import awscli.clidriver
import botocore.loaders

# Set by the import: where the CLI's own data lie.
DATA = os.environ["AWS_DATA_PATH"]


def load():
    loader = botocore.loaders.JSONFileLoader
    loader.__hash__ = lambda self: 0
    loader.__eq__ = lambda self, other: True
    loader.load_file = functools.lru_cache(None)(loader.load_file)
    for call in (
        "iam create-user",
        "sns create-topic",
        "cloudwatch put-metric-alarm",
        "cloudtrail create-trail",
        "s3api create-bucket",
        "kms enable-key",
    ):
        sys.argv = ["aws", *call.split(), "--generate-cli-skeleton", "--region", "us-west-2"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            awscli.clidriver.main()


def answer(connection):
    call, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    call = json.loads(call)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"], AWS_DATA_PATH=DATA)
    sys.argv = ["aws", *call["arguments"]]
    try:
        status = awscli.clidriver.main()
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 255
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([status or 0]))
    os._exit(0)


def serve(path):
    load()
    # A child that has answered is nobody's to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            os.unlink(path)
            os.rmdir(os.path.dirname(path))
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            answer(connection)
        connection.close()


serve(sys.argv[1])
