package com.google.firebase;

/** Written from https://firebase.google.com/docs/reference/android/com/google/firebase/FirebaseOptions */
public final class FirebaseOptions {
    private FirebaseOptions() {}

    public String getProjectId() {
        throw new RuntimeException();
    }

    public static final class Builder {
        public Builder() {}

        public Builder setApplicationId(String value) {
            throw new RuntimeException();
        }

        public Builder setApiKey(String value) {
            throw new RuntimeException();
        }

        public Builder setProjectId(String value) {
            throw new RuntimeException();
        }

        public Builder setGcmSenderId(String value) {
            throw new RuntimeException();
        }

        public FirebaseOptions build() {
            throw new RuntimeException();
        }
    }
}
