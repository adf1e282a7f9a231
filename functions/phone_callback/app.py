"""Everything a phone calls: pair, report and claim, push token, unpair."""

from roost.dialects.phone import callback, pairing
from roost.web.app import create_app, lambda_handler

app = create_app(callback.router, pairing.router)
handler = lambda_handler(app)
