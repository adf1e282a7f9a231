import requests

response = requests.post(
    "https://sms-backend-three-nu.vercel.app/messages/send",
    headers={
        "x-api-key": "YOUR_API_KEY",
        "Content-Type": "application/json",
    },
    json={
        "recipient": "+1234567890",
        "message": "Hello from smsdora!",
    },
)

print(response.json())
