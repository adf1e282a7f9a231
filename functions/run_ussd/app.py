"""Run USSD codes and read their answers."""

from roost.dialects.eightms import run_ussd as eightms
from roost.dialects.sms8 import run_ussd as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, sms8.router)
handler = lambda_handler(app)
