"""Where a workspace stands: synchronised folders and disks of other machines are told from its own."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from fieldwork.store import places

MOUNTS = """\
sysfs /sys sysfs rw,nosuid 0 0
/dev/nvme0n1p2 / ext4 rw,relatime 0 0
/dev/nvme0n1p3 /home ext4 rw 0 0
server:/export/teams /mnt/teams nfs4 rw,vers=4.2 0 0
//files/share /media/Team\\040share cifs rw 0 0
/dev/sdb1 /media/Team\\040share/local ext4 rw 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0
me@host: /home/me/remote fuse.sshfs rw 0 0
/dev/sdc1 /media/stick exfat rw 0 0
server:/old /srv/data nfs rw 0 0
/dev/sdd1 /srv/data xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/Documents/a.fieldwork", ""),
        ("/mnt/teams/a.fieldwork", "nfs4"),
        ("/mnt/teams2/a.fieldwork", ""),
        ("/media/Team share/a.fieldwork", "cifs"),
        ("/media/Team share/local/a.fieldwork", ""),
        ("/run/user/1000/gvfs/smb-share:server=x/a.fieldwork", "fuse.gvfsd-fuse"),
        ("/home/me/remote/deep/er/a.fieldwork", "fuse.sshfs"),
        ("/media/stick/a.fieldwork", ""),
        ("/srv/data/a.fieldwork", ""),  # the later mount lies over the earlier
    ],
)
def test_network_disks_by_the_table_of_mounts(path, kind):
    assert places.network(PurePosixPath(path), MOUNTS) == kind


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (PureWindowsPath(r"C:\Users\me\OneDrive - HMICFRS\Inspections\a.fieldwork"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\me\OneDrive\a.fieldwork"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\me\Documents\a.fieldwork"), ""),
        (PureWindowsPath(r"D:\Work\cases\a.fieldwork"), "OneDrive"),  # by the environment
        (PureWindowsPath(r"D:\Workshop\a.fieldwork"), ""),
        (PurePosixPath("/home/me/Dropbox/a.fieldwork"), "Dropbox"),
        (PurePosixPath("/home/me/Dropbox (Inspectorate)/x/a.fieldwork"), "Dropbox"),
        (PurePosixPath("/home/me/Nextcloud/a.fieldwork"), "Nextcloud"),
        (PurePosixPath("/Users/me/Library/Mobile Documents/com~apple~CloudDocs/a.fieldwork"), "iCloud"),
        (
            PurePosixPath("/Users/me/Library/CloudStorage/GoogleDrive-me@x/My Drive/a.fieldwork"),
            "Google Drive",
        ),
        (PurePosixPath("/home/me/onedriven/a.fieldwork"), ""),
        (PurePosixPath("/home/me/Dropbox.fieldwork"), ""),  # the file's own name says nothing
    ],
)
def test_synchronised_folders_by_their_names(path, service):
    assert places.synced(path, {"OneDriveCommercial": "D:\\Work"}) == service


def test_the_warning_is_one_sentence_and_a_folder_of_ones_own_has_none(tmp_path: Path):
    assert places.warning(tmp_path / "a.fieldwork") == ""
    told = places.warning(tmp_path / "Dropbox" / "a.fieldwork")
    assert "Dropbox" in told and told.endswith(".") and "\n" not in told


def test_a_folder_is_known_by_what_its_client_leaves_there(tmp_path: Path):
    (tmp_path / ".nextcloudsync.log").touch()
    assert "Nextcloud" in places.warning(tmp_path / "deep" / "a.fieldwork")


def test_a_link_into_such_a_folder_is_followed(tmp_path: Path):
    real = tmp_path / "Dropbox"
    real.mkdir()
    link = tmp_path / "plain"
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this system makes no symbolic links for this user: run with the right to")
    assert "Dropbox" in places.warning(link / "a.fieldwork")
