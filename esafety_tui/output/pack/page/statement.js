// The signed statement: its shape, its two signatures, the keys and certificates behind them, and
// that it names every file of the pack with its hash.

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE = "https://esafety-tui.invalid/pack/v1";
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const PREDICATE = {
  v: isOne, incident: isInc, reference: isText, entries: isCount, origin: isText, size: isCount,
  root: isText, check_inputs: isObject, recipient: isText, purpose: isText, created: isText,
  practice: isFlag, signed_by: isSortedHashes, not_signed_by: isSortedHashes, withheld: isList,
};
const CHECK_INPUTS = {
  v: isOne, origin: isText, incident: isInc, form: isCount, checkpoint: isText,
  officers: isSortedHashes,
};

// The only names that files named by the statement may have: nothing that a double click could run.
const MEDIA =
  "png|jpg|jpeg|gif|webp|bmp|tif|tiff|heic|pdf|txt|csv|mp4|m4v|mov|webm|avi|mp3|m4a|wav|ogg|eml|" +
  "msg|bin";
const PACK_NAME = new RegExp(`^(?:${[
  "bagit\\.txt", "bag-info\\.txt", "manifest-sha256\\.txt", "START-HERE\\.pdf", "README\\.txt",
  "verify\\.html", "keys/[0-9a-f]{16}\\.pem", "certs/(?:ca|[0-9a-f]{16})\\.pem", "data/form\\.pdf",
  "data/limits\\.pdf", "data/exhibit-list\\.csv", "data/continuity\\.csv", "data/ledger\\.json",
  "data/checkpoint\\.txt", "data/(?:procedure|profile)\\.toml", "data/records/[0-9]{6,15}\\.json",
  `data/exhibits/[A-Z]{1,8}_[1-9][0-9]{0,5}(?:_[1-9][0-9]{0,3})?\\.(?:${MEDIA})`,
].join("|")})$`);

const REQUIRED = [
  "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "START-HERE.pdf", "README.txt", "verify.html",
  "certs/ca.pem", "data/form.pdf", "data/limits.pdf", "data/exhibit-list.csv",
  "data/continuity.csv", "data/ledger.json", "data/checkpoint.txt",
];

// DSSE v1 pre-authentication encoding.
function dssePae(type, payload) {
  return concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload);
}

async function readStatement(pack) {
  const envelope = parseCanonical(await pack.text(STATEMENT), STATEMENT);
  shaped(envelope, { payload: isText, payloadType: isText, signatures: isList }, STATEMENT);
  must(envelope.payloadType === PAYLOAD_TYPE, STATEMENT, "is not an in-toto statement");
  const payload = fromBase64(envelope.payload, STATEMENT);
  const statement = parseCanonical(textOf(payload, STATEMENT), STATEMENT);
  const kinds = { _type: isText, predicateType: isText, subject: isList, predicate: isObject };
  shaped(statement, kinds, STATEMENT);
  const known = statement._type === STATEMENT_TYPE && statement.predicateType === PREDICATE_TYPE;
  must(known, STATEMENT, "is not the statement of an evidence pack, version 1");
  shaped(statement.predicate, PREDICATE, STATEMENT);
  shaped(statement.predicate.check_inputs, CHECK_INPUTS, STATEMENT);
  const pae = dssePae(envelope.payloadType, payload);
  const same = equal(pae, await pack.bytes("statement.pae"));
  must(same, "statement.pae", "is not what the statement says");
  return { ...statement, signatures: envelope.signatures, pae };
}

// Every key of the pack by officer id: the file's name, the hash and the list must all agree.
async function readKeys(pack, officers) {
  const keys = new Map();
  for (const name of pack.names(/^keys\//)) {
    const found = /^keys\/([0-9a-f]{16})\.pem$/.exec(name);
    must(found !== null, name, "is not a key file");
    const spki = fromPem(await pack.text(name), "PUBLIC KEY", name);
    const id = sha256Hex(spki);
    must(id.startsWith(found[1]), name, "holds a different key than its name says");
    must(officers.includes(id), name, "is not the key of an officer of this school");
    keys.set(id, { id, spki, key: await importKey(spki, name), name: "" });
  }
  return keys;
}

// Every certificate is issued by the school's authority for the key of the same name.
async function readCertificates(pack, keys) {
  const item = "certs/ca.pem";
  const ca = readCertificate(fromPem(await pack.text(item), "CERTIFICATE", item), item);
  const key = await importKey(ca.spki, item);
  must(ca.authority, item, "is not the certificate of an authority");
  await mustBeSigned(key, ca.signature, ca.signed, item, "is not signed by itself");
  const certified = new Set();
  for (const name of pack.names(/^certs\//)) {
    if (name === item) continue;
    const found = /^certs\/([0-9a-f]{16})\.pem$/.exec(name);
    must(found !== null, name, "is not a certificate file");
    const cert = readCertificate(fromPem(await pack.text(name), "CERTIFICATE", name), name);
    const id = sha256Hex(cert.spki);
    must(id.startsWith(found[1]) && keys.has(id), name, "is not for the key of the same name");
    must(equal(cert.issuer, ca.subject) && !cert.authority, name, "was not issued by certs/ca.pem");
    await mustBeSigned(key, cert.signature, cert.signed, name, "was not issued by certs/ca.pem");
    keys.get(id).name = cert.name;
    certified.add(id);
  }
  return certified;
}

async function checkStatement(pack, found) {
  const statement = await readStatement(pack);
  const { predicate, signatures } = statement;
  const keys = await readKeys(pack, predicate.check_inputs.officers);
  const certified = await readCertificates(pack, keys);
  must(signatures.length === 2, STATEMENT, "does not have exactly two signatures");
  signatures.forEach((row) => shaped(row, { keyid: isHash, sig: isText }, STATEMENT));
  const ids = signatures.map((row) => row.keyid).sort();
  must(ids[0] !== ids[1], STATEMENT, "was signed twice with the same key");
  const told = sameList(ids, predicate.signed_by);
  must(told, STATEMENT, "was signed by others than it says");
  for (const id of keys.keys()) {
    must(certified.has(id), `certs/${id.slice(0, 16)}.pem`, "is missing");
  }
  for (const { keyid, sig } of signatures) {
    const name = `statement.${keyid.slice(0, 16)}.sig`;
    must(keys.has(keyid), STATEMENT, "was signed with a key that is not certified");
    const signature = fromBase64(sig, STATEMENT);
    must(equal(signature, await pack.bytes(name)), name, "is not the signature in the statement");
    const what = "has a signature that is not sound";
    await mustBeSigned(keys.get(keyid).key, signature, statement.pae, STATEMENT, what);
  }
  Object.assign(found, { predicate, subject: statement.subject, keys });
}

// The files outside the statement's own list: they carry or repeat the signatures.
function outsideSubject(predicate) {
  const signatures = predicate.signed_by.map((id) => `statement.${id.slice(0, 16)}.sig`);
  return new Set([STATEMENT, "statement.pae", TAG_MANIFEST, ...signatures]);
}

async function checkSubject(pack, found) {
  const outside = outsideSubject(found.predicate);
  const expected = new Map();
  for (const row of found.subject) {
    shaped(row, { name: isText, digest: isObject }, STATEMENT);
    shaped(row.digest, { sha256: isHash }, STATEMENT);
    must(PACK_NAME.test(row.name), row.name, "is a name that no file of a pack has");
    expected.set(row.name, row.digest.sha256);
  }
  const names = found.subject.map((row) => row.name);
  must(sortedUnique(names), STATEMENT, "does not name its files in order and once");
  for (const name of names) must(pack.files.has(name), name, "is missing");
  for (const name of pack.files.keys()) {
    const known = expected.has(name) || outside.has(name);
    must(known, name, "was added: the signed statement does not name it");
  }
  pack.expected = expected;
  REQUIRED.forEach((name) => must(expected.has(name), name, "is missing"));
  let done = 0;
  for (const name of names) {
    done += 1;
    pack.progress(`Reading file ${done} of ${names.length}`);
    pack.mustFit(name, await pack.hash(name));
  }
}
