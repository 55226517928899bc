"""What an R file (`.rds`, `.rda`) holds, read in bounded memory; nothing in it is run."""

from __future__ import annotations

import bz2
import logging
import lzma
import warnings
import zlib
from typing import TYPE_CHECKING, Any

from diffuscope.case import limits
from diffuscope.case.importers.r_classes import constructors
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.extras import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ENDINGS = (".rds", ".rda", ".rdata")
XZ_MEMORY = 128 * limits.MB

_log = logging.getLogger("diffuscope")


class _TooLarge(Exception):  # noqa: N818 it is the file that is too large
    """The file would unpack to more than is read."""


def r_objects(file: Path) -> Mapping[str, Any]:
    """The objects of an R file by name; the one object of an `.rds` file has the name of the file.

    Lists are dicts or lists, data frames pandas (labels of codes in their `attrs`), vectors NumPy (with
    names: xarray), days and moments Python's, slots of S4 objects attributes. Calls in it stay descriptions;
    functions of an `.rda` file are passed over.

    Raises
    ------
    CaseError
        If the file is not there, too large, or damaged.
    PlanError
        If it has another ending.
    """
    if file.suffix.lower() not in ENDINGS:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}.")
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    library("rdata", "formats", f"`{file.name}`, a file of R,")
    try:
        if file.stat().st_size > limits.R_BYTES:
            raise _TooLarge
        objects = _converted(_unpacked(file.read_bytes()), file)
    except _TooLarge as error:
        raise CaseError(f"`{file.name}` holds more than {limits.R_BYTES // limits.MB:,} MB.") from error
    except Exception as error:
        _log.debug("could not read %s", file.name, exc_info=True)
        raise CaseError(f"`{file.name}` is not a file of R, or it is damaged.") from error
    return objects


def _unpacked(packed: bytes) -> bytes:
    """The bytes inside gzip, bzip2 or xz, or as they are."""
    if packed[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        data = stream.decompress(packed, limits.R_BYTES + 1)
    elif packed[:3] == b"BZh":
        data = bz2.BZ2Decompressor().decompress(packed, limits.R_BYTES + 1)
    elif packed[:6] == b"\xfd7zXZ\x00":
        data = lzma.LZMADecompressor(memlimit=XZ_MEMORY).decompress(packed, limits.R_BYTES + 1)
    else:
        data = packed
    if len(data) > limits.R_BYTES:
        raise _TooLarge
    return data


def _converted(data: bytes, file: Path) -> dict[str, Any]:
    from rdata import conversion, parser

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a class without a constructor of its own is read as what it is made of
        parsed = parser.parse_data(data, altrep_constructor_dict=_sequences(parser.DEFAULT_ALTREP_MAP))
        _refuse_wide_text(parsed.object)
        convert = conversion.SimpleConverter(constructors(), default_encoding=parsed.extra.encoding).convert
        if file.suffix.lower() == ".rds":
            return {file.stem: convert(parsed.object)}
        return {name: convert(one) for name, one in _named(parsed.object)}


def _named(chain: Any) -> Iterator[tuple[str, Any]]:
    """The objects of an `.rda` file but for functions, which are saved beside data and of no use here."""
    while chain.info.type.name != "NILVALUE":
        one, rest = chain.value
        if one.info.type.name not in ("CLO", "SPECIAL", "BUILTIN", "ENV"):
            yield chain.tag.value.value.decode("utf-8", "replace"), one
        chain = rest


def _sequences(known: Mapping[bytes, Any]) -> Mapping[bytes, Any]:
    """Sequences such as 1:n are written as their ends: a few bytes could ask for all memory."""

    def bounded(build: Any) -> Any:
        def built(state: Any) -> Any:
            if not 0 <= float(state.value[0]) <= limits.R_BYTES / 8:
                raise _TooLarge
            return build(state)

        return built

    return {name: bounded(build) if name.startswith(b"compact") else build for name, build in known.items()}


def _refuse_wide_text(root: Any) -> None:
    """Refuse texts that become one wide column of letters: many short ones beside a very long one."""
    waiting, visited = [root], set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in visited:
            continue
        visited.add(id(one))
        inside = one.value if isinstance(one.value, list | tuple) else [one.value]
        parts = [part for part in inside if hasattr(part, "info")]
        if one.info.type.name == "STR":
            longest = max((len(part.value or b"") for part in parts), default=0)
            if 4 * longest * len(parts) > limits.R_BYTES:
                raise _TooLarge
            continue
        waiting += [*parts, one.attributes, one.tag]
