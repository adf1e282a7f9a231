const res = await fetch("https://www.smsforai.com/api/v1/sms/send", {
method: "POST",
headers: {
"Authorization": "Bearer smsai_YourTokenHere",
"Content-Type": "application/json"
},
body: JSON.stringify({
to: "+12025551234",
body: "Your OTP is 482910.",
sender_id: "MYAPP"
})
});
const data = await res.json();
console.log(data.sms.status, data.sms.id, data.balance);
