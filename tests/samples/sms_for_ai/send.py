import requests
TOKEN = "smsai_YourTokenHere"
BASE = "https://www.smsforai.com/api/v1"
resp = requests.post(
f"{BASE}/sms/send",
headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"},
json={
"to": "+12025551234",
"body": "Your OTP is 482910. Reply STOP to opt out.",
"sender_id": "MYAPP"
}
)
data = resp.json()
print(data["sms"]["status"], data["sms"]["id"], data["sms"]["price_usd"])
