plugins {
    alias(libs.plugins.android.application)
}

android {
    namespace = "dev.roost.phone"
    compileSdk = 36

    defaultConfig {
        applicationId = "dev.roost.phone"
        minSdk = 26
        // Not 37: from then on Android keeps texts with one-time codes back for three hours.
        targetSdk = 36
        versionCode = 1
        versionName = "1.0.0"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

dependencies {
    implementation(project(":core"))
    implementation(libs.firebase.messaging)
}
