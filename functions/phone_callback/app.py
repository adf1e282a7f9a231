"""Everything a phone calls: pair, report and claim, push token, media, unpair."""

from roost.dialects.phone import callback, media, pairing
from roost.web.app import create_app, lambda_handler

app = create_app(callback.router, media.router, pairing.router)
handler = lambda_handler(app)
