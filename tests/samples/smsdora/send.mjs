const response = await fetch(
  "https://sms-backend-three-nu.vercel.app/messages/send",
  {
    method: "POST",
    headers: {
      "x-api-key": "YOUR_API_KEY",
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      recipient: "+1234567890",
      message: "Hello from smsdora!",
    }),
  }
);

const data = await response.json();
console.log(data);
