#!/bin/sh
# Everything `make demo` and `make test` need: uv, the system libraries Qt asks for, the locked packages.
set -eu

LIBRARIES="libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0"

if command -v uv >/dev/null 2>&1; then
    UV=uv
elif [ -x .uv/bin/uv ]; then
    UV=.uv/bin/uv
else
    python3 -m venv .uv || {
        echo "Python 3.11 or later with its venv module is needed (on Debian: apt-get install python3-venv)." >&2
        exit 1
    }
    .uv/bin/python -m pip install --quiet uv
    UV=.uv/bin/uv
fi

# On Debian-like systems: install what is missing, or say in one line what to install.
if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for library in $LIBRARIES; do
        dpkg-query -W -f '${Status}' "$library" 2>/dev/null | grep -q "ok installed" ||
            dpkg-query -W -f '${Status}' "${library}t64" 2>/dev/null | grep -q "ok installed" ||
            missing="$missing $library"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
        elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
        else
            echo "Please install first: sudo apt-get install$missing" >&2
            exit 1
        fi
    fi
fi

"$UV" sync --frozen --quiet
