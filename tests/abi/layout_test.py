"""layout.py finds what would break a promise, in copies of abi.h that break one each: layout_test.py ABI_H COMPILER FOLDER"""
import contextlib
import io
import pathlib
import sys
import tempfile

import layout

CHANGES = {  # what is changed → what must be said
    "a field goes": (("  const char *id, *summary; ", "  const char *id; "), "shoal_component.summary is gone"),
    "two fields change places": (("const char *name, *type, *help;", "const char *type, *name, *help;"),
                                 "shoal_port.name was at 8: char const *, and is at 16"),
    "a field comes in the middle": (("  const char* key;\n", "  const char *key, *new_one;\n"), "shoal_entry was 32 bytes, and is 40"),
    "a type changes": (("int64_t iterations, clusters;", "int32_t iterations, clusters;"), "shoal_clustering.iterations was at 8"),
    "a number changes": (("SHOAL_NULL, SHOAL_BOOL, SHOAL_INT", "SHOAL_BOOL, SHOAL_NULL, SHOAL_INT"), "SHOAL_BOOL was 1, and is 0"),
    "an argument changes": (("void (*destroy)(void* self);", "void (*destroy)(void* self, int how);"),
                            "shoal_component.destroy was at 48: void(void *) *"),
    "growth without a number": (("  double convert_seconds;\n", "  double convert_seconds, other_seconds;\n"),
                                "abi.h has grown: raise SHOAL_ABI_MINOR"),
    "growth with a number and without a file": (("SHOAL_ABI_MINOR = 1", "SHOAL_ABI_MINOR = 2"), "there is no abi-1.2.txt"),
}


def said(header, compiler, folder):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = layout.main(header, compiler, folder)
    return status, out.getvalue()


def main(header, compiler, folder):
    text = pathlib.Path(header).read_text()
    for name, ((before, after), expected) in CHANGES.items():
        assert before in text, f"{name}: abi.h has no {before!r} any more"
        with tempfile.TemporaryDirectory() as place:
            changed = pathlib.Path(place, "abi.h")
            changed.write_text(text.replace(before, after, 1))
            status, output = said(changed, compiler, folder)
        assert status == 1 and expected in output, f"{name}: wanted {expected!r}, got {status} and\n{output}"
    print(f"{len(CHANGES)} changes found out")


if __name__ == "__main__":
    main(*sys.argv[1:])
