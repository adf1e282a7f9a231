"""An account's plan, usage, balances and ledger."""

from roost.dialects.eightms import read_account as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
