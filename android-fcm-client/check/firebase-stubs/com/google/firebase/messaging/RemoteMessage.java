package com.google.firebase.messaging;

import java.util.Map;

/** Written from https://firebase.google.com/docs/reference/android/com/google/firebase/messaging/RemoteMessage */
public final class RemoteMessage {
    public static final int PRIORITY_HIGH = 1;
    public static final int PRIORITY_NORMAL = 2;

    private RemoteMessage() {}

    public Map<String, String> getData() {
        throw new RuntimeException();
    }

    public int getPriority() {
        throw new RuntimeException();
    }

    public int getOriginalPriority() {
        throw new RuntimeException();
    }
}
