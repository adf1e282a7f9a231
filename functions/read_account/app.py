"""An account's plan, usage, balances and ledger."""

from roost.dialects.eightms import read_account as eightms
from roost.dialects.sms_for_ai import read_account as sms_for_ai
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, sms_for_ai.router)
handler = lambda_handler(app)
