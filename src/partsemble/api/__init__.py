"""The API under /api/v1: the services and queries of the apps, for programs.

access.py        `Token(needs=…)`: every operation declares its permission there
problems.py      refusals as problem+json (RFC 9457), with the codes that screens show too
wire.py          JSON in and out with exact numbers
paging.py        lists by signed cursors
services.py      writes that a client may repeat (Idempotency-Key)
<resource>.py    the operations of one resource, with the shapes that they answer in
schema.py        the OpenAPI document, completed by what the declarations say
urls.py          puts all of it together
"""
