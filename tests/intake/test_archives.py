"""Archives that lie, reach out or explode. Each is built here, byte by byte where it must be."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.intake import entries, streams, tars
from grader.intake.archives import listing, unpacked
from grader.intake.entries import Budget, Unsafe, shown

CODE = b"def clean(text):\n    return text\n"


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """A zip of (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*members, form=tarfile.PAX_FORMAT, content=CODE, **attributes):
    """A tar of members; a name stands for a plain file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for member in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            for key, value in attributes.items():
                setattr(info, key, value)
            if info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def header(name="text.py", size=0, kind=b"0"):
    """One raw tar block; `size` may be bytes, taken as they are."""
    size = size if isinstance(size, bytes) else b"%011o" % size
    fields = (name.encode(), b"0000644", b"0000000", b"0000000", size, b"0" * 11, b" " * 8, kind)
    block = struct.pack("100s8s8s8s12s12s8sc100s6s2s247x", *fields, b"", b"ustar", b"00")
    return block[:148] + b"%06o\x00 " % sum(block) + block[156:]


def padded(body):
    return body + bytes(-len(body) % 512)


def pax(body):
    return header("pax", len(body), b"x") + padded(body)


def contents(data):
    budget = Budget()
    return {entry.name: budget.read(entry) for entry in unpacked(io.BytesIO(data), "hw1.zip").files}


def refusal(data):
    with pytest.raises(Unsafe) as caught:
        contents(data)
    return caught.value


# --- what is right is read


@pytest.mark.parametrize(
    "data",
    [
        zipped(("hw1/text.py", CODE)),
        zipped(("hw1/text.py", CODE), method=zipfile.ZIP_STORED),
        zipped(("hw1/", b""), ("./hw1//text.py", CODE)),
        tarred("hw1/text.py"),
        tarred("./hw1/text.py", form=tarfile.USTAR_FORMAT),
        tarred("hw1/text.py", form=tarfile.GNU_FORMAT),
        gzip.compress(tarred("hw1/text.py")),
    ],
    ids=["deflated", "stored", "folders", "pax", "ustar", "gnu", "gzip"],
)
def test_a_good_archive_gives_its_files(data):
    assert contents(data) == {"hw1/text.py": CODE}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_of_every_tar_format(form):
    name = "/".join(["a" * 60] * 3) + "/text.py"
    assert contents(tarred(name, "b.py", form=form)) == {name: CODE, "b.py": CODE}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_korean_names_in_tar(form):
    assert contents(tarred("과제/도우미.py", form=form)) == {"과제/도우미.py": CODE}


def test_a_tar_that_the_system_packed(tmp_path):
    (tmp_path / "hw1").mkdir()
    (tmp_path / "hw1" / "text.py").write_bytes(CODE)
    with tarfile.open(tmp_path / "hw1.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "hw1", "hw1")
    assert contents((tmp_path / "hw1.tar.gz").read_bytes()) == {"hw1/text.py": CODE}


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_korean_names_in_zips_without_the_utf8_flag(encoding):
    """Windows in Korea writes cp949, macOS UTF-8 in its own spelling; neither says so."""
    raw = "과제/text.py".encode(encoding)
    data = zipped(("x" * len(raw), CODE)).replace(b"x" * len(raw), raw)
    assert contents(data) == {"과제/text.py": CODE}


def test_names_are_nfc():
    assert contents(zipped(("cafe\u0301/text.py", CODE))) == {"caf\u00e9/text.py": CODE}


def test_what_is_taken_for_an_archive_is_told_by_its_bytes():
    assert is_same_listing(gzip.compress(tarred("text.py")), "really.zip")
    assert is_same_listing(zipped(("text.py", CODE)), "really.tar")


def is_same_listing(data, name):
    return [entry.name for entry in unpacked(io.BytesIO(data), name).files] == ["text.py"]


@pytest.mark.parametrize("data", [b"", zipped(), bytes(10240)], ids=["nothing", "zip", "tar"])
def test_an_empty_archive_holds_nothing(data):
    assert contents(data) == {}


# --- names that reach out

EVIL = [
    "../evil.py",
    "a/../../evil.py",
    "/etc/evil.py",
    "//host/evil.py",
    "C:/evil.py",
    "c:evil.py",
    "C:\\evil.py",
    "\\\\host\\evil.py",
    "..\\..\\evil.py",
    ".venv/../../evil.py",
    "a/" * 600 + "evil.py",
]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_outside_the_folder_rejects_a_zip(name):
    refused = refusal(zipped(("text.py", CODE), (name, CODE)))
    assert (refused.code, refused.fields) == ("unsafe_archive", {"entry": shown(name)})


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_name_outside_the_folder_rejects_a_tar(name, form):
    refused = refusal(tarred("text.py", name, form=form))
    assert (refused.code, refused.fields) == ("unsafe_archive", {"entry": shown(name)})


@pytest.mark.parametrize("name", ["../", "/tmp/", "a/../../"])
def test_a_folder_outside_rejects_too(name):
    assert refusal(zipped((name, b""))).code == "unsafe_archive"
    assert refusal(tarred(name, type=tarfile.DIRTYPE)).code == "unsafe_archive"


def test_a_nul_in_a_name():
    data = zipped(("text.py#x", CODE)).replace(b"text.py#x", b"text.py\0x")
    assert refusal(data).code == "unsafe_archive"
    assert refusal(pax(b"20 path=text.py\0xyz\n") + header()).code == "unsafe_archive"


def test_the_name_in_a_refusal_cannot_repaint_a_page():
    refused = refusal(zipped(("../\x1b[2J\u202e" + "a" * 500, CODE)))
    entry = refused.fields["entry"]
    assert entry.startswith("../�[2J�aaa")
    assert len(entry) == 120
    assert entry.isprintable()


# --- entries that are no plain files


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_links_and_devices_in_a_zip(kind):
    info = zipfile.ZipInfo("text.py")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    refused = refusal(zipped((info, "/etc/passwd")))
    assert (refused.code, refused.fields) == ("unsafe_archive", {"entry": "text.py"})


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.FIFOTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.GNUTYPE_SPARSE,
        b"V",
    ],
)
def test_links_devices_and_sparse_files_in_a_tar(kind):
    refused = refusal(header("text.py", kind=kind) + bytes(1024))
    assert (refused.code, refused.fields) == ("unsafe_archive", {"entry": "text.py"})


def test_a_folder_entry_is_no_link():
    info = zipfile.ZipInfo("helpers/")
    info.create_system = 3
    info.external_attr = (stat.S_IFDIR | 0o755) << 16
    assert contents(zipped((info, b""), ("helpers/a.py", CODE))) == {"helpers/a.py": CODE}


# --- sizes


def test_a_zip_bomb_stops_at_the_ratio():
    data = zipped(("text.py", bytes(8 << 20)))
    assert len(data) < 10_000
    refused = refusal(data)
    assert (refused.code, refused.fields) == ("too_large", {"entry": "text.py"})


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_tar_bomb_stops_at_the_budget(pack):
    refused = refusal(pack(tarred("text.py", content=bytes(entries.MAX_BYTES + 1))))
    assert (refused.code, refused.fields) == ("too_large", {"entry": "text.py"})


def test_the_budget_counts_all_entries_together():
    piece = random.Random(0).randbytes(entries.MAX_BYTES // 4 + 1)
    names = [f"a{number}.py" for number in range(4)]
    # 4 stored quarters: the archive itself may be read, its files together not
    assert refusal(zipped(*[(name, piece) for name in names])).code == "too_large"
    assert len(contents(zipped(*[(name, piece) for name in names[:3]]))) == 3


def test_no_more_is_unpacked_than_the_budget_allows(monkeypatch):
    given = []
    original = zipfile.ZipExtFile.read

    def counting(self, n=-1):
        piece = original(self, n)
        given.append(len(piece))
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counting)
    assert refusal(zipped(("text.py", bytes(300 << 20)))).code == "too_large"
    assert sum(given) <= entries.MAX_BYTES + entries.CHUNK


def test_nested_archives_stay_closed():
    inner = zipped(("text.py", bytes(8 << 20)))
    assert contents(zipped(("inner.zip", inner))) == {"inner.zip": inner}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_bombs_of_bzip2_and_lzma_come_out_in_pieces(method, monkeypatch):
    """zipfile would unpack all of it before the first byte is looked at."""
    given = []
    readinto = streams._Raw.readinto

    def counting(self, buffer):
        given.append(readinto(self, buffer))
        return given[-1]

    monkeypatch.setattr(streams._Raw, "readinto", counting)
    refused = refusal(zipped(("text.py", bytes(64 << 20)), method=method))
    assert (refused.code, refused.fields) == ("too_large", {"entry": "text.py"})
    assert sum(given) <= entries.MAX_BYTES + 2 * entries.CHUNK


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_notebooks_in_a_tar_are_kept_as_they_come_by(pack):
    names = [f"lab{i}.ipynb" for i in range(10)]
    content = random.Random(0).randbytes(100_000)

    class Counted(io.BytesIO):
        came = 0

        def read(self, *size):
            data = super().read(*size)
            self.came += len(data)
            return data

        def readinto(self, buffer):
            self.came += (size := super().readinto(buffer))
            return size

    file = Counted(pack(tarred(*names, content=content)))
    listed = unpacked(file, "hw1.tar")
    assert {entry.name: Budget().read(entry) for entry in listed.files} == dict.fromkeys(
        names, content
    )
    assert file.came < 2 * len(file.getvalue())


def test_notebooks_in_a_tar_take_nothing_from_the_budget_of_source_files(monkeypatch):
    monkeypatch.setattr(tars, "MAX_BYTES", 250_000)
    names = ["a.ipynb", "b.ipynb", "c.ipynb", "helper.py", "text.py"]
    listed = unpacked(io.BytesIO(tarred(*names, content=bytes(100_000))), "hw.tar")
    assert [len(Budget().read(entry)) for entry in listed.files] == [100_000] * 5


def test_all_later_passes_over_a_tar_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(tars, "MAX_UNPACKED", {tars.GZIP: 650_000})
    zips = [f"lab{i}.zip" for i in range(5)]
    listed = unpacked(io.BytesIO(gzip.compress(tarred(*zips, content=bytes(100_000)))), "hw.tar.gz")
    for entry in listed.files[:3]:  # 100, 200 and 300 kB from the start
        assert len(Budget().read(entry)) == 100_000
    with pytest.raises(Unsafe, match="archive_too_large"):
        Budget().read(listed.files[3])


def test_too_many_entries():
    names = [f"a{number}.py" for number in range(entries.MAX_SOURCES + 1)]
    for pack in (lambda n: zipped(*[(name, b"") for name in n]), lambda n: tarred(*n)):
        assert len(unpacked(io.BytesIO(pack(names[:-1])), "").files) == entries.MAX_SOURCES
        refused = refusal(pack(names))
        assert (refused.code, refused.fields) == ("too_many", {"limit": "2000"})


def directory_field(data, offset, form, *values):
    """The zip with fields of its first central header overwritten."""
    data = bytearray(data)
    struct.pack_into(form, data, data.index(b"PK\x01\x02") + offset, *values)
    return bytes(data)


@pytest.mark.parametrize("size", [1, len(CODE) - 1, len(CODE) + 1, 1 << 30, 0])
def test_a_zip_that_lies_about_the_size(size):
    assert refusal(directory_field(zipped(("text.py", CODE)), 24, "<L", size)).code == (
        "broken_archive"
    )


def test_a_zip_that_lies_about_the_packed_size():
    data = directory_field(zipped(("text.py", CODE)), 20, "<L", 1 << 30)
    assert refusal(data).code == "broken_archive"


def test_entries_that_overlap():
    """Two names for the same packed bytes: as in Fifield's bombs, but small."""
    data = zipped(("a.py", CODE), ("b.py", CODE))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    evil = bytearray(data)
    struct.pack_into("<L", evil, second + 42, 0)
    evil[second + 46 : second + 50] = b"a.py"
    refused = refusal(bytes(evil))
    assert (refused.code, refused.fields) == ("unsafe_archive", {"entry": "a.py"})


def test_an_encrypted_entry():
    data = directory_field(zipped(("text.py", CODE)), 8, "<H", 0x1)
    refused = refusal(data)
    assert (refused.code, refused.fields) == ("encrypted", {"entry": "text.py"})


# --- tar headers that break readers

NEGATIVE = b"\xff" * 11 + b"\x00"  # base 256: -256


@pytest.mark.parametrize("kind", [b"0", b"L", b"x"])
def test_a_negative_size(kind):
    """tarfile of Python 3.11.7 reads such an archive for ever (CVE-2025-8194)."""
    assert refusal(header(size=NEGATIVE, kind=kind) + header()).code == "broken_archive"


@pytest.mark.parametrize("kind", [b"0", b"L", b"x"])
def test_a_size_beyond_the_end(kind):
    assert refusal(header(size=1 << 30, kind=kind) + bytes(512)).code == "broken_archive"


@pytest.mark.parametrize(
    "body",
    [b"0 path=a\n", b"-9 path=a\n", b"99 path=a\n", b"path=a\n", b"x path=a\n", b"1" * 5000],
)
def test_a_bad_extended_header(body):
    assert refusal(pax(body) + header()).code == "broken_archive"


@pytest.mark.parametrize("body", [b"12 size=100\n", b"22 GNU.sparse.major=1\n"])
def test_an_extended_header_that_changes_the_size(body):
    assert refusal(pax(body) + header()).code == "unsafe_archive"


def test_an_extended_header_costs_no_more_than_its_length():
    """tarfile of Python 3.11.7 needs hours for these digits (CVE-2024-6232)."""
    assert refusal(pax(b"1" * (16 << 20)) + header()).code == "broken_archive"
    many = b"5 =a\n" * (1 << 20)
    assert contents(pax(many) + header() + bytes(1024)) == {"text.py": b""}


def test_long_names_do_not_nest():
    """Each long name asks a recursive reader for one more step."""
    chain = (header("x", 8, b"L") + padded(b"text.py\0")) * 5_000
    assert contents(chain + header("other.py")) == {"text.py": b""}


# --- damage


@pytest.mark.parametrize(
    "data",
    [
        b"not an archive at all",
        b"PK\x03\x04",
        zipped(("text.py", CODE))[:-30],
        gzip.compress(tarred("text.py"))[:-20],
        tarred("text.py")[:530],
        b"\x1f\x8b" + bytes(30),
    ],
    ids=["text", "magic", "zip cut", "gzip cut", "tar cut", "gzip header"],
)
def test_a_broken_archive(data):
    assert refusal(data).code == "broken_archive"


def test_a_wrong_checksum():
    data = zipped(("text.py", CODE), method=zipfile.ZIP_STORED)
    assert refusal(data.replace(b"return text", b"return test")).code == "broken_archive"
    packed = bytearray(gzip.compress(tarred("text.py")))
    packed[-6] ^= 1
    assert refusal(bytes(packed)).code == "broken_archive"


@pytest.mark.parametrize("seed", range(6))
def test_random_damage_never_surprises(seed):
    """Any archive with a few bytes changed is read, or refused with a code; nothing else."""
    rng = random.Random(seed)
    plain = tarred("과제/text.py", "a/" * 80 + "b.py")
    originals = [plain] + [pack(plain) for pack in (gzip.compress, bz2.compress, lzma.compress)]
    methods = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    originals += [zipped(("과제/text.py", CODE), ("b.py", CODE), method=m) for m in methods]
    codes = set()
    for _ in range(400):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            contents(bytes(data[: rng.choice([len(data), rng.randrange(len(data))])]))
        except Unsafe as unsafe:
            codes.add(unsafe.code)
    assert {"broken_archive"} <= codes
    assert codes <= {
        "broken_archive", "unsafe_archive", "encrypted", "unsupported", "too_large",
        "archive_too_large"
    }  # fmt: skip


# --- folders


def test_a_folder_lists_plain_files_and_passes_over_the_rest(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.py").write_bytes(CODE)
    (tmp_path / "a.py").write_bytes(CODE)
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("")
    os.mkfifo(tmp_path / "pipe.py")
    found = listing(tmp_path)
    assert [entry.name for entry in found.files] == ["a.py", "b/c.py"]
    assert found.passed_over == [".git/", "link.py", "pipe.py", "up"]


def test_a_file_that_became_a_link_or_a_fifo_is_not_opened(tmp_path):
    file = tmp_path / "text.py"
    for become in (lambda: file.symlink_to("/etc/passwd"), lambda: os.mkfifo(file)):
        file.write_bytes(CODE)
        (entry,) = listing(tmp_path).files
        file.unlink()
        become()
        with pytest.raises(Unsafe) as caught:
            Budget().read(entry)
        assert caught.value.code == "unsupported"
        assert str(tmp_path) not in str(caught.value)
        file.unlink()


def test_a_file_without_end_stops_at_the_budget(tmp_path):
    with (tmp_path / "text.py").open("wb") as file:
        file.truncate(1 << 40)
    (entry,) = listing(tmp_path).files
    with pytest.raises(Unsafe) as caught:
        Budget().read(entry)
    assert caught.value.code == "too_large"


def test_a_folder_of_too_many_files(tmp_path):
    for number in range(entries.MAX_SOURCES + 1):
        (tmp_path / f"{number}.py").touch()
    with pytest.raises(Unsafe) as caught:
        listing(tmp_path)
    assert caught.value.code == "too_many"


def test_a_folder_deeper_than_a_path_may_be_long(tmp_path):
    start = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(60):
            Path("d" * 100).mkdir()
            os.chdir("d" * 100)
    finally:
        os.chdir(start)
    found = listing(tmp_path)
    assert found.files == []
    assert len(found.passed_over) == 1
