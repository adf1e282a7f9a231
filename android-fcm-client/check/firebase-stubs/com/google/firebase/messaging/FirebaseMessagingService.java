package com.google.firebase.messaging;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Written from https://firebase.google.com/docs/reference/android/com/google/firebase/messaging/FirebaseMessagingService */
public class FirebaseMessagingService extends Service {
    public void onMessageReceived(RemoteMessage message) {}

    public void onDeletedMessages() {}

    public void onNewToken(String token) {}

    @Override
    public final IBinder onBind(Intent intent) {
        throw new RuntimeException();
    }
}
