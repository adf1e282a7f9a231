package com.google.android.gms.tasks;

/** Written from the documentation: https://developers.google.com/android/reference/com/google/android/gms/tasks/Task */
public abstract class Task<TResult> {
    public abstract boolean isSuccessful();

    public abstract TResult getResult();

    public abstract Task<TResult> addOnCompleteListener(OnCompleteListener<TResult> listener);
}
