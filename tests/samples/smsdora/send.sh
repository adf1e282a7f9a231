curl -X POST https://sms-backend-three-nu.vercel.app/messages/send \
  -H "x-api-key: YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "recipient": "+1234567890",
    "message": "Hello from smsdora!"
  }'
