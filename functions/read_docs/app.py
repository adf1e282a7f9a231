"""The API reference, and the JSON 404 of every path nobody serves."""

from roost.dialects.eightms import read_docs as eightms
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router)
handler = lambda_handler(app)
