curl -X POST https://www.smsforai.com/api/v1/sms/send \
-H "Authorization: Bearer smsai_YourTokenHere" \
-H "Content-Type: application/json" \
-d '{"to":"+12025551234","body":"Your OTP is 482910.","sender_id":"MYAPP"}'
