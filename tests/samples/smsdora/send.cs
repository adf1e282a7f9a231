using var client = new HttpClient();
client.DefaultRequestHeaders.Add("x-api-key", "YOUR_API_KEY");

var payload = new {
    recipient = "+1234567890",
    message = "Hello from smsdora!"
};

var response = await client.PostAsJsonAsync(
    "https://sms-backend-three-nu.vercel.app/messages/send",
    payload
);

var result = await response.Content.ReadAsStringAsync();
Console.WriteLine(result);
