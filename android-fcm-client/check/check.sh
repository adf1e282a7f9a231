#!/usr/bin/env bash
# `make android-check`: compiles core and app against Android's own signatures, lints resources and manifest, lists calls
# newer than minSdk, runs the core's tests and the fault scenarios, builds and verifies a signed APK.
# SCENARIOS=none|few|all (default all), MESSAGES= of a random run after them (default 0).
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT="$PWD/.."
fail() { echo "make android-check: $*" >&2; exit 1; }

NEEDED="aapt2:aapt zipalign:zipalign apksigner:apksigner java:openjdk-17-jdk-headless javac:openjdk-17-jdk-headless npm:npm zip:zip unzip:unzip"
PACKAGES=""
for pair in $NEEDED; do command -v "${pair%%:*}" > /dev/null || PACKAGES="$PACKAGES ${pair##*:}"; done
for jar in junit-platform-console:junit5 sqlite-jdbc:libxerial-sqlite-jdbc-java; do
  [ -f "/usr/share/java/${jar%%:*}.jar" ] || PACKAGES="$PACKAGES ${jar##*:}"
done
command -v apt-get > /dev/null || fail "this check takes its tools from Debian, and there is no apt-get here. Run it in a Debian 12 container; the app itself builds in Android Studio anywhere"
if [ -n "$PACKAGES" ]; then
  [ "$(id -u)" = 0 ] || fail "tools are missing. As root: apt-get install -y --no-install-recommends$PACKAGES"
  echo "Installing from Debian:$PACKAGES"
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $PACKAGES > /dev/null
fi
check/fetch.sh

L="$PWD/.check"; O="$L/out"; K="$L/npm/node_modules/kotlin-compiler"; STD="$K/lib/kotlin-stdlib.jar"; J=/usr/share/java
NEW="$L/android-36.jar"; API29="$L/android-29.jar"; API23="$L/deb/usr/share/java/com.android.android-23.jar"
FRAMEWORK="$L/deb/usr/share/android-framework-res/framework-res.apk"
KOTLINC="bash $K/bin/kotlinc -no-stdlib -no-reflect"
ANDROID="$KOTLINC -no-jdk -jvm-target 1.8 -Xlambdas=class -Xsam-conversions=class"
rm -rf "$O"; mkdir -p "$O"
step() { echo "== $*"; }

step "Stubs from Android's signature files"
[ -f "$API29" ] && [ "$API29" -nt check/gen_stubs.py ] || python3 check/gen_stubs.py "$API29" "$L/s29/api/current.txt"
[ -f "$NEW" ] && [ "$NEW" -nt check/gen_stubs.py ] && [ "$NEW" -nt check/api-34plus.txt ] ||
  python3 check/gen_stubs.py "$NEW" "$L/s33/core/api/current.txt" "?$L/s29/api/current.txt" check/api-34plus.txt

step "Manifest and resources"
python3 check/strings.py app/src/main/res
# The copy has what Gradle adds, and without the one flag that Debian's framework (API 33) does not know yet.
link() {
  aapt2 link -I "$FRAMEWORK" --manifest "$1" --min-sdk-version 26 --target-sdk-version 36 "${@:2}" 2>&1 |
    { grep -v "Unknown chunk type" || true; }
}
sed 's/"remoteMessaging"/"dataSync"/; s/<manifest /&package="dev.roost.phone" android:versionCode="1" android:versionName="1.0.0" /' \
  app/src/main/AndroidManifest.xml > "$O/AndroidManifest.xml"
aapt2 compile --dir app/src/main/res -o "$O/res.zip"
link "$O/AndroidManifest.xml" --java "$O/gen" -o "$O/app.apk" "$O/res.zip"
link check/planted/AndroidManifest.xml -o "$O/planted.apk" > "$O/planted.txt" || true
grep -q "pigeonPost.*incompatible" "$O/planted.txt" || fail "aapt2 took a planted manifest mistake: $(cat "$O/planted.txt")"

step "core against API 29, app against the newest"
javac -nowarn --release 8 -d "$O/r" $(find "$O/gen" -name '*.java') 2> /dev/null
javac -nowarn --release 8 -cp "$NEW" -d "$O/firebase" $(find check/firebase-stubs -name '*.java') 2> /dev/null
$ANDROID -Werror -cp "$API29:$STD" -d "$O/core" core/src/main
$ANDROID -cp "$NEW:$O/firebase:$O/core:$O/r:$STD" -d "$O/app" app/src/main/kotlin

step "Planted mistakes"
$ANDROID -cp "$NEW:$STD" -d "$O/planted" check/planted/refused > "$O/planted.txt" 2>&1 || true
python3 check/planted.py check/planted/refused/WrongCalls.kt "$O/planted.txt"
$ANDROID -cp "$NEW:$STD" -d "$O/planted" check/planted/newer
python3 check/api_audit.py "$API29" /dev/null "$O/planted" > "$O/planted.txt" || true
grep -q "not reviewed: .*getPhoneNumber" "$O/planted.txt" || fail "the audit did not see a planted call of API 33"

step "Calls newer than minSdk"
for floor in "$API29" "$API23"; do
  python3 check/api_audit.py "$floor" check/newer-apis.txt "$O/app" "$O/core" "$O/firebase"
done

step "Tests of the core"
export ROOST_CORE_CLASS_PATH="$O/core:$O/test:$STD:$J/sqlite-jdbc.jar"
CP="$ROOST_CORE_CLASS_PATH:$K/lib/kotlin-test.jar:$K/lib/kotlin-test-junit5.jar"
for j in junit-platform-console junit-platform-launcher junit-platform-engine junit-platform-commons \
  junit-platform-reporting junit-jupiter-engine junit-jupiter-api junit-jupiter-params opentest4j \
  opentest4j-reporting-events opentest4j-reporting-schema apiguardian-api picocli; do CP="$CP:$J/$j.jar"; done
mkdir -p "$O/test"
echo "$CP" > "$O/test-class-path"
$KOTLINC -jvm-target 11 -Xfriend-paths="$O/core" -cp "$CP" -d "$O/test" core/src/test
java -cp "$CP" org.junit.platform.console.ConsoleLauncher --disable-banner --disable-ansi-colors --details=summary \
  --scan-class-path "$O/test" --fail-if-no-tests

step "APK: dex, align, sign with a throw-away key, verify"
mkdir -p "$O/std"
(cd "$O/std" && unzip -qo "$STD" -x 'META-INF/*')
java -Xmx3g -cp "$L/deb/usr/share/java/com.android.dx-10.0.0.jar" com.android.dx.command.Main --dex --min-sdk-version=26 \
  --output="$O/classes.dex" "$O/app" "$O/core" "$O/r" "$O/std"
(cd "$O" && zip -q app.apk classes.dex && zipalign -f 4 app.apk aligned.apk)
# One key for all builds of this folder: Android updates an app only by one that the same key signed.
KEY="$L/throwaway.p12"
[ -f "$KEY" ] || keytool -genkeypair -keystore "$KEY" -storetype PKCS12 -storepass changeit -alias k -keyalg RSA -keysize 2048 \
  -validity 9000 -dname CN=check 2> /dev/null
apksigner sign --ks "$KEY" --ks-pass pass:changeit --min-sdk-version 26 --out "$O/roost-check.apk" "$O/aligned.apk"
apksigner verify -v --min-sdk-version 26 "$O/roost-check.apk" | grep -E "^(Verifies|Verified using v[23] )"
ls -l "$O/roost-check.apk" | awk '{print "signed APK: " $5 " bytes, " $9}'
cp "$O/roost-check.apk" "$ROOT/functions/download_app/roost.apk"

[ "${SCENARIOS:-all}" = none ] && exit 0
step "The fault scenarios of make faults, with this core in the phones"
ONLY=""; [ "${SCENARIOS:-all}" = few ] && ONLY="--only F18"
cd "$ROOT"
PYTHONPATH=".:shared" .venvs/app/bin/python android-fcm-client/check/driven --quiet --messages "${MESSAGES:-0}" $ONLY
