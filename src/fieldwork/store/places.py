"""Where a workspace should not stand: folders that a service copies while they are written, disks of other machines.

SQLite's locks and its write-ahead log need one machine that owns the file. A synchronising client reads it in
the middle of a write and puts back what another laptop had; on a network the lock may be a promise only.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

# parts of folder names that the clients make, in small letters
_SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "mobile documents": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "box sync": "Box",
    "sharepoint": "SharePoint",
}
# what a client leaves in the folder that it keeps in step, whatever that is called
_MARKS = {
    ".dropbox": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".tmp.drivedownload": "Google Drive",
}
_ENVIRONMENT = {"OneDrive": "OneDrive", "OneDriveCommercial": "OneDrive", "OneDriveConsumer": "OneDrive"}
_NETWORK = frozenset(
    [
        "nfs",
        "nfs3",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "9p",
        "ceph",
        "glusterfs",
        "lustre",
        "davfs",
        "webdav",
        "afpfs",
        "fuse.sshfs",
        "fuse.davfs2",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.glusterfs",
        "fuse.gvfsd-fuse",
        "fuse.google-drive-ocamlfuse",
    ]
)
_DRIVE_REMOTE = 4  # Windows' GetDriveType


def synced(path: PurePath, surroundings: Mapping[str, str]) -> str:
    """The service that keeps this file's folder in step, by the folder's names and the environment; "" for none."""
    text = str(path).casefold()
    for name, service in _ENVIRONMENT.items():
        root = surroundings.get(name, "").casefold().rstrip("\\/")
        if root and (text == root or text.startswith((root + "/", root + "\\"))):
            return service
    for part in (part.casefold() for part in path.parts[:-1]):
        for name, service in _SYNCED.items():
            rest = part.removeprefix(name)
            if part.startswith(name) and (not rest or not rest[0].isalnum()):
                return service
    return ""


def network(path: PurePath, mounts: str) -> str:
    """The kind of network file system a file is on ("nfs4"), by the text of /proc/mounts; "" for a disk of its own."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        at = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = at == "/" or str(path) == at or str(path).startswith(at.rstrip("/") + "/")
        if inside and len(at) >= len(best):  # of two mounts on one place the later one is seen
            best, kind = at, fields[2]
    return kind if kind in _NETWORK else ""


def warning(path: Path) -> str:
    """One sentence about where a workspace stands; "" where nothing speaks against it."""
    path = path.expanduser().absolute()
    real = path.resolve()
    service = synced(path, os.environ) or synced(real, os.environ) or _marked(real.parents)
    if service:
        return (
            f"{path.name} stands in a folder that {service} copies while it is written; move it to a folder of "
            "this laptop alone, and use packages to share."
        )
    if on_network(real):
        return (
            f"{path.name} stands on a disk of another machine, where a broken connection can damage it; move it "
            "to this laptop, and use packages to share."
        )
    return ""


def _marked(folders: Iterable[Path]) -> str:
    for folder in folders:
        for name, service in _MARKS.items():
            try:
                if (folder / name).exists():
                    return service
            except OSError:
                continue
    return ""


def on_network(path: Path) -> bool:
    """Whether a file is on another machine's disk; False where the system does not say."""
    if sys.platform == "win32":
        import ctypes

        root = path.anchor or str(path)
        return root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE
    if sys.platform == "darwin":
        return _not_local(path)
    try:
        return bool(network(path, Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")))
    except OSError:
        return False


def _not_local(path: Path) -> bool:
    """macOS says of every mounted volume whether it is local: MNT_LOCAL among the flags of statfs."""
    import ctypes
    import ctypes.util

    library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    held = ctypes.create_string_buffer(4096)  # struct statfs; f_flags is its 32-bit word at byte 64
    if library.statfs(str(path.parent).encode(), held) != 0:
        return False
    flags = int.from_bytes(held.raw[64:68], sys.byteorder)
    return not flags & 0x1000
