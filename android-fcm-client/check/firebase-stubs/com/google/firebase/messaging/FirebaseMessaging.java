package com.google.firebase.messaging;

import com.google.android.gms.tasks.Task;

/** Written from https://firebase.google.com/docs/reference/android/com/google/firebase/messaging/FirebaseMessaging */
public class FirebaseMessaging {
    private FirebaseMessaging() {}

    public static FirebaseMessaging getInstance() {
        throw new RuntimeException();
    }

    public Task<String> getToken() {
        throw new RuntimeException();
    }

    public Task<Void> deleteToken() {
        throw new RuntimeException();
    }
}
