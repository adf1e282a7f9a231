"""The page of the phone app, and the APK itself, which lies beside this file when one was built."""

from pathlib import Path

from roost.dialects.pages import download
from roost.web.app import create_app, lambda_handler

app = create_app(download.router_for(Path(__file__).with_name("roost.apk")))
handler = lambda_handler(app)
