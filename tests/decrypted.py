"""Every page of an encrypted file in clear, those not in use included: what a disk still says to who has the key."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fieldwork.store.keys import FileKey

PAGE, RESERVED, HEADER, FRAME = 4096, 80, 32, 24


def plain(path: Path, key: FileKey) -> bytes:
    """Every page of an encrypted file decrypted, those not in use included."""
    data, made = path.read_bytes(), b""
    for at in range(0, len(data) - PAGE + 1, PAGE):
        made += _decrypted(data[at : at + PAGE], key.key, 16 if at == 0 else 0)
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[HEADER:] if log.exists() else b""
    for at in range(0, len(frames), PAGE + FRAME):
        frame = frames[at + FRAME : at + FRAME + PAGE]
        made += _decrypted(frame, key.key, 16 if frames[at : at + 4] == b"\0\0\0\1" else 0)
    return made


def _decrypted(page: bytes, key: bytes, skipped: int) -> bytes:
    iv = page[PAGE - RESERVED : PAGE - RESERVED + 16]
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return cipher.update(page[skipped : PAGE - RESERVED])
