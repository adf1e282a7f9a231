"""The public pages, the API reference, and the JSON 404 of every path nobody serves."""

from roost.dialects.eightms import read_docs as eightms
from roost.dialects.pages import read_pages as pages
from roost.dialects.sms8 import unknown as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(eightms.router, pages.router, sms8.router)
handler = lambda_handler(app)
