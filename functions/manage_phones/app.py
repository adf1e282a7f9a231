"""List, rename, enable, disable and unpair phones; make pairing codes."""

from roost.dialects.eightms import manage_phones as eightms
from roost.dialects.sms8 import get_devices as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, sms8.router)
handler = lambda_handler(app)
