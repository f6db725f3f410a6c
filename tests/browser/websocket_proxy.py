"""Changes the messages between a tab and the server's WebSocket."""

import json


def intercept(page, without):
    """Drops messages of the kind `without` from the sockets that the tab opens from now on. Returns these sockets."""
    sockets = []

    def on_socket(socket):
        server = socket.connect_to_server()
        sockets.append(socket)
        server.on_message(lambda text: socket.send(_without(text, without)))

    page.route_web_socket("**/ws/", on_socket)
    return sockets


def inject(sockets, **message):
    """Sends the tab a message as if it came from the server."""
    sockets[-1].send(json.dumps([message]))


def _without(text, kind):
    return json.dumps([message for message in json.loads(text) if message["kind"] != kind])
