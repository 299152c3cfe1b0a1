#!/bin/sh
# Installs Theater, brings it up to date, or takes it away. `sh install.sh --help` says how.
#
# It downloads a list of checksums, which the project has signed, and one program. Nothing is put in place before
# the signature and the checksum are right. The signature is checked with what the system has for Ed25519: openssl
# (1.1.1 or newer, not LibreSSL) or ssh-keygen (OpenSSH 8.0 or newer); the downloaded program cannot be the one to
# vouch for itself. Without either of them, it stops.
set -eu

# Both are written here when a release is made; an option or a variable may say something else.
release_base=''
release_key=''

usage() {
  cat <<'END'
Usage: sh install.sh [options]

  --base URL        where the release is (or the variable THEATER_RELEASES)
  --to FOLDER       where to put the program (/usr/local/bin for root, else ~/.local/bin)
  --version X.Y.Z   take this version and no other
  --target NAME     for another machine than this one, such as linux-arm64-musl
  --key KEY         the key that must have signed the release, for a server of your own
  --no-signature    check nothing but the checksum: trust the server, which must be https
  --uninstall       take the program away; what it recorded, and its keys, stay

Run again, it brings the program up to date.
END
}

fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  %s\n' "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

base=${THEATER_RELEASES:-$release_base}
key=$release_key
to='' version='' target='' signature=yes uninstall=no
while [ $# -gt 0 ]; do
  case $1 in
    --base | --to | --version | --target | --key)
      [ $# -gt 1 ] || fail "Cannot read $1: wanted a value, got nothing"
      case $1 in
        --base) base=$2 ;;
        --to) to=$2 ;;
        --version) version=$2 ;;
        --target) target=$2 ;;
        --key) key=$2 ;;
      esac
      shift
      ;;
    --no-signature) signature=no ;;
    --uninstall) uninstall=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "Cannot read $1: there is no such option" "sh install.sh --help lists them" ;;
  esac
  shift
done
base=${base%/}

if [ -z "$to" ]; then
  if [ "$(id -u)" = 0 ]; then
    to=/usr/local/bin
  else
    [ -n "${HOME:-}" ] || fail "Cannot choose a folder: HOME is not set" "say where with --to"
    to=$HOME/.local/bin
  fi
fi

if [ "$uninstall" = yes ]; then
  [ -e "$to/theater" ] || fail "Cannot take away $to/theater: it is not there" "if it is elsewhere, say where with --to"
  rm -f "$to/theater" || fail "Cannot take away $to/theater" "who may write to $to?"
  echo "took away $to/theater"
  echo "  its keys are in ~/.local/share/theater (macOS: ~/Library/Application Support/theater), its cache in"
  echo "  ~/.cache/theater (~/Library/Caches/theater), and logs where they were made: remove them if you are sure"
  exit 0
fi

# The machine, as in the names of the programs.
find_target() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "Cannot install on $(uname -s): there are programs for Linux, macOS and Windows" "on Windows: install.ps1" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "Cannot install on $(uname -m): there are programs for x64 and arm64" ;;
  esac
  libc=''
  if [ "$os" = linux ]; then
    for loader in /lib/ld-musl-*; do
      # A system with both is one of glibc that has musl beside it.
      [ ! -e "$loader" ] || [ -e /lib64/ld-linux-x86-64.so.2 ] || [ -e /lib/ld-linux-aarch64.so.1 ] || libc=-musl
    done
  fi
  echo "$os-$arch$libc"
}
[ -n "$target" ] && own='' || own=$(find_target)
target=${target:-$own}
name=theater-$target

[ -n "$base" ] || fail "Cannot install: nothing says where the release is" "say it with --base URL"
if [ "$signature" = yes ]; then
  [ -n "$key" ] || fail "Cannot install: this script has no key of the project" "say it with --key KEY"
else
  case $base in
    https://*) ;;
    *) fail "Cannot install from $base without its signature: wanted https" ;;
  esac
fi

# download NAME FILE
download() {
  if have curl; then
    curl --fail --silent --show-error --location --retry 2 --output "$2" "$base/$1" ||
      fail "Cannot download $base/$1" "is this the right address, and is there room in $to?"
  elif have wget; then
    wget -q -O "$2" "$base/$1" ||
      fail "Cannot download $base/$1" "is this the right address, and is there room in $to?"
  else
    fail "Cannot download: wanted curl or wget, got neither"
  fi
}

sha256() {
  if have sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif have shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  else
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  fi
}

# The base64 of a key after its name and number: the byte 1, then the 32 bytes of the key.
key_name=${key%%+*}
key_base64=${key#*+}
key_base64=${key_base64#*+} # There may be a + in it.

# The same key as OpenSSH writes it: what stands before the 32 bytes has the same length modulo 3, so only two
# characters differ.
ssh_key() {
  first=$(printf %s "$key_base64" | cut -c 2 | tr 'QRSTUVWXYZabcdef' 'ABCDEFGHIJKLMNOP')
  printf 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI%s%s' "$first" "$(printf %s "$key_base64" | cut -c 3-)"
}

# verify: whether the key has signed body, by the note in checksums.txt, or by checksums.txt.sig.
verify() {
  if have openssl && openssl pkeyutl -help 2>&1 | grep -q -e -rawin; then
    line=$(grep "^— $key_name " checksums.txt | head -n 1)
    printf %s "${line##* }" | openssl base64 -d -A 2>/dev/null | tail -c 64 >signature
    {
      printf '\060\052\060\005\006\003\053\145\160\003\041\000'
      printf %s "$key_base64" | openssl base64 -d -A | tail -c 32
    } >key.der
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in body -sigfile signature >/dev/null 2>&1
  elif have ssh-keygen && ! ssh-keygen -Y verify 2>&1 | grep -q -i 'unknown option\|illegal option'; then
    download checksums.txt.sig checksums.txt.sig
    printf 'theater %s\n' "$(ssh_key)" >signers
    ssh-keygen -Y verify -f signers -I theater -n theater-release -s checksums.txt.sig <body >/dev/null 2>&1
  else
    fail "Cannot check the signature: wanted openssl 1.1.1 or ssh-keygen 8.0, got neither" \
      "install one of them; --no-signature trusts the server instead"
  fi
}

mkdir -p "$to" 2>/dev/null || fail "Cannot make the folder $to" "choose another one with --to"
[ -w "$to" ] || fail "Cannot write to $to: permission denied" "choose another folder with --to"
work=$(mktemp -d "$to/.theater-install-XXXXXX") || fail "Cannot write to $to" "choose another folder with --to"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"

download checksums.txt checksums.txt
sed '/^$/,$d' checksums.txt >body
[ "$(head -n 1 body)" = "theater release v1" ] || fail "Cannot read $base/checksums.txt: it is not of a release of Theater"
if [ "$signature" = yes ]; then
  verify || fail "Cannot trust $base/checksums.txt: $key has not signed it" "nothing was installed"
fi
offered=$(sed -n 's/^version //p' body)
[ -z "$version" ] || [ "$version" = "$offered" ] || fail "Cannot install $version: $base has $offered"

wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\.gz\$/\1/p" body)
[ -n "$wanted" ] || fail "Cannot install for $target: the release has no $name.gz"
download "$name.gz" theater.gz
got=$(sha256 theater.gz)
[ "$got" = "$wanted" ] || fail "Cannot trust $base/$name.gz: wanted the SHA-256 $wanted, got $got" "nothing was installed"
gzip -d theater.gz || fail "Cannot unpack $name.gz" "is there room in $to?"
chmod 755 theater
said=$name
if [ "$target" = "$own" ]; then
  said=$(./theater --version | head -n 1)
  case $said in
    "theater "*) ;;
    *)
      case $target in
        *-musl) fail "Cannot run $name on this machine; nothing was installed" "it takes libstdc++: apk add libstdc++" ;;
        *) fail "Cannot run $name on this machine" "nothing was installed" ;;
      esac
      ;;
  esac
fi
mv -f theater "$to/theater" || fail "Cannot put the program at $to/theater"
echo "installed $to/theater: $said"

case ":${PATH:-}:" in
  *":$to:"*) ;;
  *)
    echo "  $to is not in PATH; add this to the file that your shell reads when it starts:"
    echo "  export PATH=\"$to:\$PATH\""
    ;;
esac
