// The ledger's part: the signed head, the entries of the incident with their signatures and
// proofs, and that the head printed on the form is an earlier state of the same ledger.

const LEDGER = "data/ledger.json";
const ENTRY_LIMIT = 2 ** 18;
const CHECKPOINT = "data/checkpoint.txt";
const LINE = {
  v: isOne, seq: isCount, prev: isHash, inc: isInc, iseq: isCount, rec: isHash, blobs: isHashes,
  by: isSortedHashes, t: (v) => isText(v) && STAMP.test(v), mono: isCount,
  boot: (v) => isText(v) && /^[0-9A-Za-z-]*$/.test(v), machine: (v) => v === "" || isHash(v),
};

async function checkHead(pack, found) {
  const { predicate, keys } = found;
  const signed = readSignedHead(await pack.text(CHECKPOINT), CHECKPOINT);
  const { origin, size, root } = signed.head;
  must(origin === predicate.origin, CHECKPOINT, "is of another ledger than the statement says");
  const same = size === predicate.size && equal(root, fromBase64(predicate.root, STATEMENT));
  must(same, CHECKPOINT, "is not the head that the statement names");
  const signers = predicate.signed_by.map((id) => id.slice(0, 16)).sort();
  const pair = sameList(Array.from(signed.signatures.keys()).sort(), signers);
  must(pair, CHECKPOINT, "is not signed by the two who signed the statement");
  for (const id of predicate.signed_by) {
    const { hint, signature } = signed.signatures.get(id.slice(0, 16));
    must(hint === id.slice(0, 8), CHECKPOINT, "has a signature line of another key");
    const what = "has a signature that is not sound";
    await mustBeSigned(keys.get(id).key, signature, utf8(signed.body), CHECKPOINT, what);
  }
  found.head = signed.head;
}

// A line in its place: of this incident, next in its count, and following the line before it.
function checkPlace(line, before, index, found, item) {
  must(line.inc === found.predicate.incident, item, "is not an entry of this incident");
  must(line.iseq === index, item, "does not follow the entry before it: one was cut out or moved");
  must(line.seq < found.head.size, item, "is newer than the head");
  must(line.seq > 0 || line.prev === "0".repeat(64), item, "does not begin the chain");
  if (before === null) return;
  must(line.seq > before.line.seq, item, "does not come after the entry before it");
  const next = line.seq === before.line.seq + 1;
  must(!next || line.prev === before.hash, item, "does not hold the hash of the entry before it");
}

async function checkSignatures(line, bytes, sigs, keys, item) {
  must(line.by.length > 0 && isObject(sigs), item, "has nobody's signature");
  must(sameList(Object.keys(sigs).sort(), line.by), item, "is not signed by those it names");
  const signed = concat(utf8("evidence-entry/v1\n"), bytes);
  for (const id of line.by) {
    must(keys.has(id), item, "is signed with a key that is not in the pack");
    const what = "has a signature that is not sound";
    await mustBeSigned(keys.get(id).key, fromBase64(sigs[id], item), signed, item, what);
  }
}

const LEDGER_HEAD = '{"entries":[';

// The entries one by one, each its own canonical form, so that the first wrong one is named. Returns
// what follows them: the printed head.
function* ledgerRows(text) {
  const what = "is not in canonical form";
  must(text.startsWith(LEDGER_HEAD), LEDGER, what);
  let at = LEDGER_HEAD.length;
  for (let count = 1; text[at] !== "]"; count += 1) {
    must(count === 1 || text[at] === ",", LEDGER, what);
    const item = `${LEDGER}, entry ${count}`;
    const reader = new JsonReader(text, item);
    reader.at = count === 1 ? at : at + 1;
    const start = reader.at;
    const entry = reader.bare(0);
    must(reader.at - start <= ENTRY_LIMIT, LEDGER, "has an entry that is far too long");
    must(canonical(entry) === text.slice(start, reader.at), item, what);
    at = reader.at;
    yield entry;
  }
  const kinds = { v: isOne, entries: isList, printed: isObject };
  return shaped(parseCanonical(LEDGER_HEAD + text.slice(at), LEDGER), kinds, LEDGER).printed;
}

async function checkEntries(pack, found) {
  const rows = ledgerRows(await pack.text(LEDGER));
  let count = 0;
  found.records = [];
  let before = null;
  let row = rows.next();
  for (; !row.done; row = rows.next()) {
    const entry = row.value;
    if (count % 50 === 0) pack.progress(`Checking entry ${count + 1}`);
    const item = `${LEDGER}, entry ${count + 1}`;
    const line = await checkEntry(entry, count, before, found, item);
    count += 1;
    before = { line, hash: sha256Hex(utf8(entry.line)) };
    found.records.push(await readRecord(pack, line));
  }
  const told = count > 0 && count === found.predicate.entries;
  must(told, LEDGER, "has more or fewer entries than was signed");
  const known = new Set(found.records.map((record) => record.item));
  for (const name of pack.names(/^data\/records\//)) {
    must(known.has(name), name, "is the record of no entry in the ledger");
  }
  checkPrinted(row.value, found);
}

// One entry: its place, its signatures, and that it is in the tree of the signed head.
async function checkEntry(entry, index, before, found, item) {
  shaped(entry, { line: isText, sigs: isObject, proof: isList }, item);
  const line = shaped(parseCanonical(entry.line, item), LINE, item);
  const bytes = utf8(entry.line);
  checkPlace(line, before, index, found, item);
  await checkSignatures(line, bytes, entry.sigs, found.keys, item);
  const { size, root } = found.head;
  const held = includes(leafHash(bytes), line.seq, size, proofOf(entry.proof, item), root);
  must(held, item, "is not in the ledger under the signed head");
  return line;
}

function checkPrinted(printed, found) {
  const item = LEDGER;
  shaped(printed, { checkpoint: isText, proof: isList }, item);
  const wanted = found.predicate.check_inputs.checkpoint;
  must(printed.checkpoint === wanted, item, "has another printed head than the check inputs");
  const { origin, size, root } = readHead(printed.checkpoint, item);
  must(origin === found.head.origin, item, "has a printed head of another ledger");
  const proof = proofOf(printed.proof, item);
  const held = extendsHead(size, root, found.head.size, found.head.root, proof);
  must(held, item, "does not continue from the printed head");
}
