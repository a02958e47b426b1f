from machine.live.runtime import prepared as ready


def importable():
    return ready().modules
