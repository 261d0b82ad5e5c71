"""The web application that granian serves."""

import gc

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
gc.freeze()  # What is loaded stays, and need not be searched for garbage.
