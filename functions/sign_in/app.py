"""Sign up, in and out: the one function that writes sessions and sends mail."""

from roost.dialects.pages import sign_in
from roost.web.app import create_app, lambda_handler

app = create_app(sign_in.router)
handler = lambda_handler(app)
