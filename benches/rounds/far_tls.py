"""TLS endpoints that are far away: far_tls.py CERTIFICATE KEY PORT_OF_THE_PROXY SECONDS_OF_A_ROUND_TRIP COUNT

Each connection pays what distance costs it: a round trip for TCP, which this machine grants at once, and half of one for every byte either way.
Prints the endpoints' ports. Ends with its standard input.
"""
import asyncio, os, ssl, sys, threading

certificate, key, proxy, round_trip, count = sys.argv[1:]
proxy, round_trip, count = int(proxy), float(round_trip), int(count)


async def carry(reader, writer, delay):
    """Bytes arrive so much later, and in a steady stream: what is under way holds nothing up."""
    loop, under_way = asyncio.get_running_loop(), asyncio.Queue()

    async def arrive():
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    arriving = asyncio.create_task(arrive())
    try:
        while data := await reader.read(65536):
            under_way.put_nowait((loop.time() + delay, data))
    except OSError:
        pass
    under_way.put_nowait((loop.time() + delay, b""))
    try:
        await arriving
    except OSError:
        pass


def passed_on(port, delay, first):
    async def serve(reader, writer):
        await asyncio.sleep(first)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, back, delay), carry(there, writer, delay))

    return serve


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    tls = await asyncio.start_server(passed_on(proxy, 0, 0), "127.0.0.1", 0, ssl=context)
    inner = tls.sockets[0].getsockname()[1]
    far = [await asyncio.start_server(passed_on(inner, round_trip / 2, round_trip), "127.0.0.1", 0) for _ in range(count)]
    print(*(server.sockets[0].getsockname()[1] for server in far), flush=True)
    await asyncio.Event().wait()


def end_with_standard_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
asyncio.run(main())
