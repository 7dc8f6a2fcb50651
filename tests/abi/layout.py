"""The layout of shoal/abi.h, as a compiler sees it, against what was promised: layout.py ABI_H COMPILER FOLDER [--renew]

FOLDER holds abi-MAJOR.MINOR.txt for every minor version there has been: a line for each field (where it lies, of which
type), each struct's size and each enumerator. What a version promised must hold in all later ones of its major number:
fields keep their places and types, structs only grow at their end. The file of the version that abi.h says it is must
match to the letter. --renew writes that file, for whoever has just raised the number.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def entries(header, compiler):
    """(level, tag, attributes) of each debugging entry of a file that includes the header."""
    with tempfile.TemporaryDirectory() as folder:
        source, compiled = pathlib.Path(folder, "abi.c"), pathlib.Path(folder, "abi.o")
        source.write_text(f'#include "{pathlib.Path(header).resolve()}"\n')
        subprocess.run([compiler, "-std=c11", "-g", "-gdwarf-4", "-fno-eliminate-unused-debug-types", "-c", "-o", compiled,
                        source], check=True)
        dump = subprocess.run(["readelf", "--debug-dump=info", "--wide", compiled], check=True, capture_output=True,
                              text=True, env=os.environ | {"LC_ALL": "C"}).stdout
    out = {}
    current = None
    for line in dump.splitlines():
        begin = re.match(r"\s*<(\w+)><(\w+)>: Abbrev Number: \d+ \((\w+)\)", line)
        if begin:
            current = {"level": int(begin[1], 16), "tag": begin[3]}
            out[begin[2]] = current
            continue
        attribute = re.match(r"\s*<\w+>\s+DW_AT_(\w+)\s*:\s*(.*)", line)
        if attribute and current is not None:
            # "8", "(data1) 8 (signed)", "(indirect string, offset: 0x2f): size", "(ref4) <0x29>, unsigned char"
            value = re.sub(r"^\([a-z]\w*\)\s*", "", attribute[2].strip())
            value = re.sub(r"^\((indirect string, )?offset: \w+\): ", "", value)
            reference = re.match(r"<0x(\w+)>", value)
            current[attribute[1]] = reference[1] if reference else value.split("\t")[0].strip()
    return out


def layout(header, compiler):
    """What is to be kept, as {"shoal_port.help": "at 24: char const *"}."""
    all_entries = entries(header, compiler)
    order = list(all_entries)

    def children(key):
        level = all_entries[key]["level"]
        for other in order[order.index(key) + 1:]:
            if all_entries[other]["level"] <= level:
                return
            if all_entries[other]["level"] == level + 1:
                yield all_entries[other] | {"key": other}

    def type_of(entry):
        if "type" not in entry:
            return "void"
        key = entry["type"]
        kind = all_entries[key]
        tag = kind["tag"]
        if tag in ("DW_TAG_base_type", "DW_TAG_typedef"):
            return kind["name"]
        if tag == "DW_TAG_structure_type":
            return "struct " + kind.get("name", "")
        if tag == "DW_TAG_union_type":
            return "union " + " ".join(f"{c['name']}:{type_of(c)}" for c in children(key))
        if tag == "DW_TAG_pointer_type":
            return type_of(kind) + " *"
        if tag == "DW_TAG_const_type":
            return type_of(kind) + " const"
        if tag == "DW_TAG_array_type":
            sizes = [int(c["upper_bound"]) + 1 for c in children(key) if c["tag"] == "DW_TAG_subrange_type"]
            return type_of(kind) + "".join(f"[{n}]" for n in sizes)
        if tag == "DW_TAG_subroutine_type":
            return type_of(kind) + "(" + ", ".join(type_of(c) for c in children(key)) + ")"
        raise SystemExit(f"layout.py knows no {tag}")

    out = {}
    for key in order:
        entry = all_entries[key]
        name = entry.get("name", "")
        if entry["tag"] == "DW_TAG_structure_type" and "byte_size" in entry:
            if not name:  # typedef struct {…} name
                name = next((e["name"] for e in all_entries.values()
                             if e["tag"] == "DW_TAG_typedef" and e.get("type") == key), "")
            if not name.startswith("shoal_"):
                continue
            out[name] = f"{int(entry['byte_size'], 0)} bytes"
            for member in children(key):
                out[f"{name}.{member['name']}"] = f"at {int(member['data_member_location'], 0)}: {type_of(member)}"
        if entry["tag"] == "DW_TAG_enumerator" and name.startswith("SHOAL_"):
            out[name] = str(int(entry["const_value"], 0))
        if entry["tag"] == "DW_TAG_typedef" and name.startswith("shoal_") and name.endswith("_fn"):
            out[name] = type_of(entry)
    return out


FIXED = ("shoal_descriptor", "shoal_value", "shoal_entry", "shoal_array", "shoal_buffer")  # they have no `size` to grow by


def broken(promised, now):
    """What of `promised` does not hold any more."""
    for name, before in promised.items():
        if name in ("SHOAL_ABI_MAJOR", "SHOAL_ABI_MINOR"):
            continue
        if name not in now:
            yield f"{name} is gone; it was {before}"
        elif before.endswith("bytes") and name not in FIXED and int(now[name].split()[0]) >= int(before.split()[0]):
            continue
        elif now[name] != before:
            yield f"{name} was {before}, and is {now[name]}"


def read(file):
    return dict(line.split(" = ", 1) for line in file.read_text().splitlines() if line and not line.startswith("#"))


def main(header, compiler, folder, renew=""):
    now = layout(header, compiler)
    major, minor = int(now["SHOAL_ABI_MAJOR"]), int(now["SHOAL_ABI_MINOR"])
    own = pathlib.Path(folder, f"abi-{major}.{minor}.txt")
    if renew:
        own.write_text(f"# What ABI {major}.{minor} promised; see layout.py.\n"
                       + "".join(f"{name} = {what}\n" for name, what in now.items()))
    wrong = []
    for file in sorted(pathlib.Path(folder).glob(f"abi-{major}.*.txt")):
        wrong += [f"{file.name} promised: {what}" for what in broken(read(file), now)]
    if not own.exists():
        wrong.append(f"there is no {own.name}: write it by --renew")
    elif not wrong and read(own) != now:
        new = sorted(set(now.items()) - set(read(own).items()))
        wrong.append(f"abi.h has grown: raise SHOAL_ABI_MINOR and write the new file by --renew: {new}")
    print(f"{len(now)} sizes, fields and numbers of ABI {major}.{minor}")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
