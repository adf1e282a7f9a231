<?php
$ch = curl_init("https://sms-backend-three-nu.vercel.app/messages/send");
curl_setopt_array($ch, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POST => true,
    CURLOPT_HTTPHEADER => [
        "x-api-key: YOUR_API_KEY",
        "Content-Type: application/json",
    ],
    CURLOPT_POSTFIELDS => json_encode([
        "recipient" => "+1234567890",
        "message" => "Hello from smsdora!",
    ]),
]);

$response = curl_exec($ch);
curl_close($ch);

echo $response;
