"""Run USSD codes and read their answers."""

from roost.dialects.eightms import run_ussd as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
