"""The other pages of duty, in the order in which they are offered: those that there are, and that are this reader's."""

from portal.core.actors import Actor
from portal.duty import labels
from portal.duty.routes.parts import AnyRequest, Room
from portal.duty.views.today import Door
from portal.permissions.rules import Permission, has


def doors_of(request: AnyRequest, actor: Actor, room: Room) -> tuple[Door, ...]:
    """Where the reader may go from today's page: each room of duty has a door and says itself who may come in."""
    asked = {
        route.path: handler.opt.get("permission")
        for route in request.app.routes
        for handler in getattr(route, "route_handlers", ())
        if "GET" in handler.http_methods and route.path in labels.DOORS
    }
    other = room.reader.org.replace("&", "?", 1)
    return tuple(
        Door(room.words.say(text), path + other)
        for path, text in labels.DOORS.items()
        if path in asked and has(actor, Permission(str(asked[path])))
    )
