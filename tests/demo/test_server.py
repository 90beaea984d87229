from __future__ import annotations
def test_x(demo, demo_postgresql, settings_for):
    from iptvvtab.portal import Client
    for d in demo, demo_postgresql:
        with Client(settings_for(d)) as c:
            assert len(c.call("select", {"data":["id"],"from":"subscriber"}).result())==50
