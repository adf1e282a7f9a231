"""Create, change, rotate, test, replay and delete webhooks; list their deliveries."""

from roost.dialects.eightms import manage_webhooks as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
