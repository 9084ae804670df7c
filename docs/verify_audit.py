#!/usr/bin/env python3
"""Verifies an export of the audit log: verify_audit.py FILE [PUBLIC_KEY [FILE_OF_CHECKPOINTS]]"""
import base64, functools, hashlib, json, re, sys

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519, RFC 8032
D = -121665 * pow(121666, P - 2, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    return ((b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P)

def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = add(q, p) if n & 1 else q, add(p, p), n >> 1
    return q

def point(data):
    y = int.from_bytes(data, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or y >= P or len(data) != 32:
        raise ValueError("no point of the curve")
    return ((x, y, 1, x * y % P) if x % 2 == data[31] >> 7 else (P - x, y, 1, -x * y % P))

def is_signed(key, text, signature):
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little")
    s = int.from_bytes(signature[32:], "little")
    p = times(s, point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))  # times the base point
    q = add(point(signature[:32]), times(h % L, point(key)))
    return s < L and (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0

def opened(note, key):
    text, signature = re.fullmatch(r"(.*\n)\n\u2014 \S+ (\S+)\n", note, re.S).groups()
    if key is None or not is_signed(key, text.encode(), base64.b64decode(signature)[4:]):
        raise ValueError("a checkpoint is not signed by the key")
    return int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])

def root(stack):
    return functools.reduce(lambda right, left: hashlib.sha256(b"\1" + left + right).digest(), reversed(stack))

def verify(lines, key=None, notes=()):
    problems, stack, kept = [], [], [opened(note, key) for note in notes]
    count, last, before, good = 0, "", 0, 0
    for line in lines:
        value = json.loads(line) if re.fullmatch(rb"\{.*\}\r?\n?", line) else {}
        if "key" in value:
            key = key or base64.b64decode(value["key"].split("+", 2)[2])[1:]
        elif "checkpoint" in value:
            kept.append(opened(value["checkpoint"], key))
        else:
            count += 1
            if value.get("seq") != count:
                problems.append(f"entry {value.get('seq')} stands where entry {count} should")
            elif value.get("prev") != last:
                problems.append(f"entry {count - 1} was edited, or entry {count} written anew")
            hashed, n = hashlib.sha256(b"\0" + line.rstrip(b"\r\n")).digest(), count - 1
            last = hashed.hex()
            while n & 1:
                hashed, n = hashlib.sha256(b"\1" + stack.pop() + hashed).digest(), n >> 1
            stack.append(hashed)
        due = {each for each in kept if each[0] == count}
        kept = [each for each in kept if each not in due]
        before, good = (good, count) if due and good < count else (before, good)
        wrong = f"entries {before + 1} to {count} are not those that were signed"
        problems += [wrong for _, signed in due if signed != root(stack)]
    gone = "entries {1} to {0} are missing", "a checkpoint of {0} entries is out of place"
    return count, problems + [gone[size <= count].format(size, count + 1) for size, _ in kept]

if __name__ == "__main__":
    given = sys.argv[2:]
    pinned = base64.b64decode(given[0].split("+", 2)[2])[1:] if given else None
    text = open(given[1], encoding="utf-8").read() if given[1:] else ""
    notes = [note.strip() + "\n" for note in re.split(r"(?m)^(?=runledger/audit$)", text) if note.strip()]
    total, found = verify(open(sys.argv[1], "rb"), pinned, notes)
    print("\n".join(dict.fromkeys(found)) or f"{total} entries: as they were written")
    sys.exit(1 if found else 0)
