"""Between a tab and its socket."""

import json


def carry(page, without):
    """Leaves out of what later sockets of the tab are told whatever says `without`. Returns the list of them."""
    carried = []

    def on(socket):
        server = socket.connect_to_server()
        carried.append(socket)
        server.on_message(lambda text: without in text or socket.send(text))

    page.route_web_socket("**/ws/", on)
    return carried


def told(carried, **message):
    """Tell the tab something in the server's name."""
    carried[-1].send(json.dumps([message]))
