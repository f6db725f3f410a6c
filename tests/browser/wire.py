"""Between a tab and its socket."""

import json


def carry(page, without):
    """Leaves messages of the kind `without` out of what later sockets of the tab are told. Returns the list of them."""
    carried = []

    def on(socket):
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: socket.send(_without(text, without)))

    page.route_web_socket("**/ws/", on)
    return carried


def told(carried, **message):
    """Tell the tab something in the server's name."""
    carried[-1].send(json.dumps([message]))


def _without(text, kind):
    return json.dumps([message for message in json.loads(text) if message["kind"] != kind])
