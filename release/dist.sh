#!/usr/bin/env bash
# make dist: for each architecture that this machine can build, an archive with static programs, manual pages,
# completions and the files to deploy them with; then the bill of materials and the checksums.
set -euo pipefail
version=${1:?usage: dist.sh VERSION COMMIT}
commit=${2:?usage: dist.sh VERSION COMMIT}
out=dist/release
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
rm -rf "$out" && mkdir -p "$out"

# archive ARCH COMPILER
archive() {
  local name="batchcomplete-$version-linux-$1"
  make -s static GOARCH="$1" CC="$2" STATIC="dist/static-$1" VERSION="$version" COMMIT="$commit"
  rm -rf "dist/$name" && mkdir -p "dist/$name/bin"
  cp "dist/static-$1/batchcomplete" "dist/static-$1/reconcile" "dist/$name/bin/"
  cp -r dist/share LICENSE README.md CHANGELOG.md docs samples "dist/$name/"
  tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode='u+rwX,go+rX,go-w' -C dist -c "$name" | gzip -n >"$out/$name.tar.gz"
  rm -rf "dist/$name"
  built+=("dist/static-$1/batchcomplete" "dist/static-$1/reconcile")
}

# compiler ARCH: the C compiler that makes programs for it, "" where this machine has none.
compiler() {
  local cc packages
  case "$1-$(uname -m)" in
    amd64-x86_64 | arm64-aarch64) cc=gcc packages="gcc libc6-dev" ;;
    amd64-*) cc=x86_64-linux-gnu-gcc packages="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;;
    arm64-*) cc=aarch64-linux-gnu-gcc packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;;
  esac
  if command -v "$cc" >/dev/null; then echo "$cc"; else echo "dist: NO ARCHIVE for linux/$1: there is no compiler $cc here ('apt-get install $packages')" >&2; fi
}

built=()
for arch in amd64 arm64; do
  cc=$(compiler "$arch")
  if [ -n "$cc" ]; then archive "$arch" "$cc"; fi
done
[ ${#built[@]} -gt 0 ] || { echo "dist: nothing could be built" >&2; exit 1; }
go run ./release "$version" "$commit" "${built[@]:0:2}" >"$out/batchcomplete-$version.cdx.json"
(cd "$out" && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
