"""List, rename, enable, disable and unpair phones; make pairing codes."""

from roost.dialects.eightms import manage_phones as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
