"""Contacts, files of them, the lists they are subscribed to."""

from roost.dialects.eightms import contact_files, manage_contacts, manage_lists
from roost.dialects.sms8 import manage_contacts as sms8
from roost.web.app import create_app, lambda_handler

app = create_app(contact_files.router, manage_contacts.router, manage_lists.router, sms8.router)
handler = lambda_handler(app)
