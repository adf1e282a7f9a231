package com.google.firebase;

import android.content.Context;
import java.util.List;

/** Written from the documentation: https://firebase.google.com/docs/reference/android/com/google/firebase/FirebaseApp */
public class FirebaseApp {
    private FirebaseApp() {}

    public static FirebaseApp initializeApp(Context context, FirebaseOptions options) {
        throw new RuntimeException();
    }

    public static List<FirebaseApp> getApps(Context context) {
        throw new RuntimeException();
    }

    public FirebaseOptions getOptions() {
        throw new RuntimeException();
    }
}
