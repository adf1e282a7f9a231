#!/usr/bin/env bash
# Fetches what the check needs into android-fcm-client/.check (700 MB, once): the Kotlin compiler from npm, the
# signature files and tools of Android from Debian. Writes nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
L="$PWD/.check"
KOTLIN=$(sed -n 's/^kotlin = "\(.*\)"/\1/p' gradle/libs.versions.toml)
# npm lags behind Gradle's repositories, so the compiler here may be an older patch of the same language version.
NPM_KOTLIN=2.3.21
BASE29=1:10.0.0+r36-10
BASE33=14~beta1
BASE33_SHA256=c1d64d78588fc7641923ad05b5ef12c3366f73b8bbca429f13f60c981e166d35
DX_SHA256=8fc128db
API23_SHA256=8af1b6df

fail() { echo "make android-check: $*" >&2; exit 1; }

[ "${KOTLIN%.*}" = "${NPM_KOTLIN%.*}" ] || fail "gradle/libs.versions.toml says Kotlin $KOTLIN, the check compiles with $NPM_KOTLIN: bring them to one language version"
mkdir -p "$L/lists/partial" "$L/cache/archives/partial" "$L/s29" "$L/s33" "$L/deb"

if [ ! -f "$L/npm/node_modules/kotlin-compiler/bin/kotlinc" ]; then
  echo "Fetching kotlin-compiler $NPM_KOTLIN from npm (87 MB)"
  npm install --silent --no-fund --no-audit --prefix "$L/npm" "kotlin-compiler@$NPM_KOTLIN"
fi

mirror() {
  sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1 | grep . || echo http://deb.debian.org/debian
}

if [ ! -f "$L/fetched" ]; then
  echo "Fetching Android's signature files and tools from Debian"
  S="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror)"
  printf 'deb-src %s bookworm main\ndeb-src %s trixie main\ndeb %s trixie main\ndeb %s bullseye main\n' "$S" "$S" "$S" "$S" \
    > "$L/sources.list"
  cat > "$L/apt.conf" <<END
Dir::Etc::SourceList "$L/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$L/lists";
Dir::Cache "$L/cache";
APT::Sandbox::User "$(id -un)";
END
  export APT_CONFIG="$L/apt.conf"
  apt-get -q update
  (cd "$L/s29" && apt-get -q source --download-only "android-platform-frameworks-base=$BASE29" &&
    tar xf ./*.orig.tar.xz api/current.txt)
  # The .dsc of this version is gone from the mirrors, its source is not: apt's error is expected, the hash decides.
  (cd "$L/s33" && { apt-get -q source --download-only "android-platform-frameworks-base=1:$BASE33-3" || true; } &&
    echo "$BASE33_SHA256  android-platform-frameworks-base_$BASE33.orig.tar.xz" | sha256sum -c &&
    tar xf "android-platform-frameworks-base_$BASE33.orig.tar.xz" ./core/api/current.txt)
  (cd "$L/deb" && apt-get -q download android-framework-res/trixie dalvik-exchange/bullseye libandroid-23-java/bullseye &&
    sha256sum dalvik-exchange_*.deb | grep -q "^$DX_SHA256" && sha256sum libandroid-23-java_*.deb | grep -q "^$API23_SHA256" &&
    for d in *.deb; do dpkg -x "$d" .; done)
  rm -f "$L"/s29/*.tar.xz "$L"/s33/*.tar.xz
  touch "$L/fetched"
fi
