"""SMS8's one path that names its capability in a parameter: /api.php?action=send, inbox or devices."""

from roost.dialects.sms8 import run_action as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(sms8.router)
handler = lambda_handler(app)
