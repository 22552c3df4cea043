"""Reads the chunks of docs/protocol.md, section 9, without an Automerge library: bytes to changes to plain values.

It is what stranger.py shows notes with. It writes a change only to get its hash, and makes none.
"""
import hashlib
import struct
from collections import defaultdict, namedtuple

MAGIC, HEAD = b"\x85\x6f\x4a\x83", (0, None)
Change = namedtuple("Change", "hash deps actor ops")
# Ids are (counter, actor bytes); obj None is the root; key is a string, or the id of an element of a text.
Op = namedtuple("Op", "id obj key insert action meta raw pred expand mark")


# Section 9: numbers and columns.
class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if n > len(self.data) - self.at:
            raise ValueError("the chunk ends too early")
        self.at += n
        return self.data[self.at - n:self.at]

    def uleb(self, signed=False):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value - (1 << shift) if signed and byte & 64 else value

    def leb(self):
        return self.uleb(signed=True)

    def text(self):
        return self.take(self.uleb()).decode()

    def many(self, item):
        return [item() for _ in range(self.uleb())]

    def hash(self):
        return self.take(32)

    def blob(self):
        return self.take(self.uleb())

    def headers(self):
        return self.many(lambda: (self.uleb(), self.uleb()))

    def columns(self, headers):
        return {spec: self.take(length) for spec, length in headers}


def uleb(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def leb(n):
    out = bytearray()
    while not -64 <= n < 64:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n & 127]))


def blob(data):
    return uleb(len(data)) + data


def rle(data, item="uleb"):
    source, out = Bytes(data), []
    while source.at < len(data):
        n = source.leb()
        if n > 0:
            out += [getattr(source, item)()] * n
        elif n < 0:
            out += [getattr(source, item)() for _ in range(-n)]
        else:
            out += [None] * source.uleb()
    return out


def delta(data):
    out, total = [], 0
    for step in rle(data, "leb"):
        total += step or 0
        out.append(None if step is None else total)
    return out


def boolean(data):
    source, out = Bytes(data), []
    value = False
    while source.at < len(data):
        out += [value] * source.uleb()
        value = not value
    return out


def put_rle(values, put=uleb):
    runs, out, single = [], b"", []
    for value in values:
        if runs and runs[-1][0] == value:
            runs[-1][1] += 1
        else:
            runs.append([value, 1])
    for value, n in runs + [[None, 0]]:
        if value is not None and n == 1:
            single.append(put(value))
            continue
        if single:
            out, single = out + leb(-len(single)) + b"".join(single), []
        if n:
            out += leb(0) + uleb(n) if value is None else leb(n) + put(value)
    return out


def put_delta(values):
    out, last = [], 0
    for value in values:
        out.append(None if value is None else value - last)
        last = last if value is None else value
    return put_rle(out, leb)


def put_boolean(values):
    out, value, n = b"", False, 0
    for each in list(values) + [None]:
        if each != value:
            out, value, n = out + uleb(n), each, 0
        n += 1
    return out


# Section 9: chunks and changes.
def read_rows(columns, actors, rows, group):
    """The operations of either kind of chunk, without their own ids; `group` holds `pred` or `succ`."""
    def column(spec, decode, *more):
        values = decode(columns.get(spec, b""), *more)
        return iter(values + [None] * (rows - len(values)))

    def ids(actor, counter):
        return (None if n is None else (n, None if a is None else actors[a]) for a, n in zip(actor, counter))
    objects = ids(column(0x01, rle), column(0x02, rle))
    elements = ids(column(0x11, rle), column(0x13, delta))
    links = ids(iter(rle(columns.get(group + 1, b""))), iter(delta(columns.get(group + 3, b""))))
    names, marks, raw = column(0x15, rle, "text"), column(0xa5, rle, "text"), Bytes(columns.get(0x57, b""))
    flat = zip(names, elements, objects, column(0x34, boolean), column(0x42, rle), column(0x56, rle), column(group, rle),
               column(0x94, boolean), marks)
    for name, element, obj, insert, action, meta, count, expand, mark in flat:
        linked = [next(links) for _ in range(count or 0)]
        key = element if name is None else name
        yield Op(None, obj, key, bool(insert), action, meta or 0, raw.take((meta or 0) >> 4), linked, bool(expand), mark)


def read_chunk(chunk):
    """The changes of a chunk, whose checksum and heads are proved on the way."""
    frame = Bytes(chunk)
    magic, checksum, kind = frame.take(4), frame.take(4), frame.take(1)[0]
    body = Bytes(frame.blob())
    digest = hashlib.sha256(chunk[8:]).digest()
    if magic != MAGIC or digest[:4] != checksum or frame.at != len(chunk):
        raise ValueError("not a chunk")
    if kind == 0:
        return read_document(body)
    deps, actor, _, start = body.many(body.hash), body.blob(), body.uleb(), body.uleb()
    _, _, actors = body.leb(), body.blob(), [actor] + body.many(body.blob)
    columns = body.columns(body.headers())
    ops = read_rows(columns, actors, len(rle(columns.get(0x42, b""))), 0x70)
    return [Change(digest, deps, actor, [op._replace(id=(start + i, actor)) for i, op in enumerate(ops)])]


def read_document(body):
    actors, heads = body.many(body.blob), body.many(body.hash)
    headers, op_headers = body.headers(), body.headers()
    meta, columns = body.columns(headers), body.columns(op_headers)
    own = zip(rle(columns.get(0x21, b"")), delta(columns.get(0x23, b"")))
    ops = {}
    for (a, n), op in zip(own, read_rows(columns, actors, len(rle(columns.get(0x42, b""))), 0x80)):
        ops[n, actors[a]] = op._replace(id=(n, actors[a]))
    preds = defaultdict(list)
    for op in list(ops.values()):
        for by in op.pred:  # still `succ`: turned round here
            preds[by].append(op.id)
            if by not in ops:
                ops[by] = Op(by, op.obj, op.id if op.insert else op.key, False, 3, 0, b"", [], False, None)
    by_actor, changes, tops = defaultdict(list), [], []
    for at in sorted(ops):
        by_actor[at[1]].append(ops[at]._replace(pred=sorted(preds[at])))
    links = iter(delta(meta.get(0x43, b"")))
    flat = zip(rle(meta[0x01]), delta(meta[0x03]), delta(meta[0x13]), delta(meta[0x23]), rle(meta[0x40]))
    for a, seq, top, at, count in flat:
        deps, actor = [next(links) for _ in range(count)], actors[a]
        start = 1 + max((tops[i] for i in deps), default=0)
        mine = [op for op in by_actor[actor] if start <= op.id[0] <= top]
        needs = [changes[i].hash for i in deps]
        changes.append(Change(hash_change(needs, actor, seq, start, at, mine), needs, actor, mine))
        tops.append(top)
    if {c.hash for c in changes} - {d for c in changes for d in c.deps} != set(heads):
        raise ValueError("the heads do not come out")
    return changes


def hash_change(deps, actor, seq, start, at, ops):
    """Writes the change chunk of changes that came in a document chunk: its hash is the name of the change."""
    named = {i[1] for op in ops for i in [op.obj, op.key, *op.pred] if isinstance(i, tuple)} - {None, actor}
    number = {a: i for i, a in enumerate([actor, *sorted(named)])}
    objects = [op.obj or (None, None) for op in ops]
    elements = [(None, None) if isinstance(op.key, str) else op.key for op in ops]
    preds = [i for op in ops for i in op.pred]

    def by(ids):
        return put_rle([number.get(a) for _, a in ids]) if any(a is not None for _, a in ids) else b""
    columns = {
        0x01: by(objects), 0x02: put_rle([n for n, _ in objects]) if any(op.obj for op in ops) else b"",
        0x11: by(elements), 0x13: put_delta([n for n, _ in elements]) if any(n is not None for n, _ in elements) else b"",
        0x15: put_rle([op.key if isinstance(op.key, str) else None for op in ops], lambda s: blob(s.encode()))
        if any(isinstance(op.key, str) for op in ops) else b"",
        0x34: put_boolean(op.insert for op in ops), 0x42: put_rle([op.action for op in ops]),
        0x56: put_rle([op.meta for op in ops]), 0x57: b"".join(op.raw for op in ops),
        0x70: put_rle([len(op.pred) for op in ops]), 0x71: by(preds), 0x73: put_delta([n for n, _ in preds]),
        0x94: put_boolean(op.expand for op in ops) if any(op.expand for op in ops) else b"",
        0xa5: put_rle([op.mark for op in ops], lambda s: blob(s.encode())) if any(op.mark for op in ops) else b"",
    }
    full = [(spec, data) for spec, data in columns.items() if data and ops]
    body = uleb(len(deps)) + b"".join(deps) + blob(actor) + uleb(seq) + uleb(start) + leb(at) + blob(b"")
    body += uleb(len(named)) + b"".join(blob(a) for a in sorted(named)) + uleb(len(full))
    body += b"".join(uleb(spec) + uleb(len(data)) for spec, data in full) + b"".join(data for _, data in full)
    return hashlib.sha256(b"\x01" + blob(body)).digest()


# Section 9: several chunks, maps, texts and marks.
class Document:
    """All chunks of one document, taken together."""

    def __init__(self, chunks):
        waiting = {change.hash: change for chunk in chunks for change in read_chunk(chunk)}
        self.applied, ready = {}, True
        while ready:
            ready = [h for h, c in waiting.items() if all(d in self.applied for d in c.deps)]
            self.applied.update((h, waiting.pop(h)) for h in ready)
        self.waiting = waiting
        ops = [op for change in self.applied.values() for op in change.ops]
        replaced = {i for op in ops for i in op.pred}
        self.seen, self.below = defaultdict(list), defaultdict(list)
        for op in sorted(ops, key=lambda op: op.id):
            if op.insert:
                self.below[op.obj, op.key].append(op)
            if op.action in (0, 1, 4) and op.id not in replaced:
                self.seen[op.obj, op.id if op.insert else op.key].append(op)
        self.keys = defaultdict(set)
        for obj, key in self.seen:
            if isinstance(key, str):
                self.keys[obj].add(key)

    def values(self, obj, key):
        """All that stands for a key, the one to show last; of a map or a text its id."""
        return [op.id if op.action in (0, 4) else plain(op) for op in self.seen[obj, key]]

    def map(self, *objs):
        """Each key and the operation to show for it; several maps are read as one."""
        keys = sorted({key for obj in objs for key in self.keys[obj]})
        return {key: max((op for obj in objs for op in self.seen[obj, key]), key=lambda op: op.id) for key in keys}

    def text(self, obj):
        """The text, and its marks as (name, start, end)."""
        out, spans, marks, length = [], [], {}, 0
        stack = list(self.below[obj, HEAD])
        while stack:
            op = stack.pop()
            stack += self.below[obj, op.id]
            if op.action == 7 and op.mark is not None:
                marks[op.id] = op
            elif op.action == 7:
                marks.pop((op.id[0] - 1, op.id[1]), None)
            elif self.seen[obj, op.id]:
                value = plain(self.seen[obj, op.id][-1])
                highest = {marks[i].mark: marks[i] for i in sorted(marks)}
                spans += [(name, length, length + len(value)) for name, m in highest.items() if plain(m) is True]
                out.append(value)
                length += len(value)
        return "".join(out), join(spans)


def join(spans):
    out = []
    for name, start, end in sorted(spans):
        if out and out[-1][0] == name and out[-1][2] == start:
            start = out.pop()[1]
        out.append((name, start, end))
    return out


def plain(op):
    source, kind = Bytes(op.raw), op.meta & 15
    read = {0: lambda: None, 1: lambda: False, 2: lambda: True, 3: source.uleb, 4: source.leb, 9: source.leb,
            5: lambda: struct.unpack("<d", op.raw)[0], 6: op.raw.decode, 7: lambda: op.raw}
    return read[kind]()
