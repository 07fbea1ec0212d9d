// The signed statement: its shape, its two signatures, the keys and certificates behind them, and
// that it names every file of the pack with its hash.

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE = "https://esafety-tui.invalid/pack/v1";
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const NUMBER = 1;
const PREDICATE = {
  v: isOne, incident: isInc, reference: isText, entries: isWhole, origin: isText, size: isWhole,
  root: isText, check_inputs: isObject, recipient: isText, purpose: isText, created: isStamp,
  practice: isFlag, signed_by: isSortedHashes, not_signed_by: isSortedHashes, withheld: isList,
};
const CHECK_INPUTS = {
  v: isOne, origin: isText, incident: isInc, form: isForm, checkpoint: isText,
  officers: isSortedHashes,
};
const REFERENCE = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}[A-Za-z0-9]$/;
const EXHIBIT = /^[A-Z]{1,8}\/[1-9][0-9]{0,5}(?:\/[1-9][0-9]{0,3})?$/;

// DSSE v1 pre-authentication encoding.
function dssePae(type, payload) {
  return concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload);
}

// Takes the bytes of statement.dsse.json. Believes nothing of them yet.
function readStatement(bytes) {
  const envelope = parseCanonical(textOf(bytes, STATEMENT), STATEMENT);
  shaped(envelope, { payload: isText, payloadType: isText, signatures: isList }, STATEMENT);
  must(envelope.payloadType === PAYLOAD_TYPE, STATEMENT, "is not an in-toto statement");
  const signatures = readSignatures(envelope.signatures);
  const payload = fromBase64(envelope.payload, STATEMENT);
  const statement = parseCanonical(textOf(payload, STATEMENT), STATEMENT);
  const kinds = { _type: isText, predicateType: isText, subject: isList, predicate: isObject };
  shaped(statement, kinds, STATEMENT);
  const { predicate, subject } = statement;
  if (Number.isSafeInteger(predicate.v) && predicate.v > NUMBER) throw new NewerVersion();
  const known = statement._type === STATEMENT_TYPE && statement.predicateType === PREDICATE_TYPE;
  must(known, STATEMENT, "is not the statement of an evidence pack, version 1");
  shaped(predicate, PREDICATE, STATEMENT);
  shaped(predicate.check_inputs, CHECK_INPUTS, STATEMENT);
  const told = sameList(Array.from(signatures.keys()).sort(), predicate.signed_by);
  must(told, STATEMENT, "was signed by others than it says");
  fromBase64(predicate.root, STATEMENT);
  const pae = dssePae(envelope.payloadType, payload);
  return {
    predicate, signatures, pae, subject: readSubject(subject),
    withheld: readWithheld(predicate.withheld),
  };
}

function readSignatures(rows) {
  const found = new Map();
  for (const row of rows) {
    shaped(row, { keyid: isHash, sig: isText }, STATEMENT);
    must(!found.has(row.keyid), STATEMENT, "was signed twice with the same key");
    found.set(row.keyid, fromBase64(row.sig, STATEMENT));
  }
  must(found.size === 2, STATEMENT, "does not have exactly two signatures");
  return found;
}

function readSubject(rows) {
  const found = new Map();
  for (const row of rows) {
    shaped(row, { name: isText, digest: isObject }, STATEMENT);
    shaped(row.digest, { sha256: isHash }, STATEMENT);
    const known = PACK_NAME.test(row.name) && inStatement(row.name);
    must(known, STATEMENT, "names a file that a pack does not have");
    found.set(row.name, row.digest.sha256);
  }
  const inOrder = sortedUnique(rows.map((row) => row.name));
  must(inOrder, STATEMENT, "does not name its files in order and once");
  return found;
}

function readWithheld(rows) {
  for (const row of rows) {
    shaped(row, { exhibit: isText, reason: isText }, STATEMENT);
    must(EXHIBIT.test(row.exhibit), STATEMENT, "leaves out what is no exhibit");
  }
  const names = rows.map((row) => row.exhibit);
  must(sortedUnique(names), STATEMENT, "does not name what is left out in order and once");
  return new Set(names);
}

// The authority: its certificate is signed by itself, and may certify.
async function readAuthority(pack) {
  const der = fromPem(await pack.text(CA_CERT), "CERTIFICATE", CA_CERT);
  const authority = readCertificate(der, CA_CERT, AUTHORITY_MAY);
  const own = equal(authority.issuer, authority.subject);
  must(own, CA_CERT, "is not signed by itself");
  authority.key = await importKey(authority.spki, CA_CERT);
  const { key, signature, signed } = authority;
  await mustBeSigned(key, signature, signed, CA_CERT, "is not signed by itself");
  return authority;
}

// The officers by id: keys/ and certs/ hold the same ones, each certified by the authority.
async function readHolders(pack) {
  const authority = await readAuthority(pack);
  const ids = (pattern) => pack.names(pattern).map((name) => pattern.exec(name)[1]);
  const keys = ids(/^keys\/([0-9a-f]{16})\.pem$/);
  const certs = ids(/^certs\/([0-9a-f]{16})\.pem$/);
  for (const id16 of Array.from(new Set([...keys, ...certs])).sort()) {
    must(certs.includes(id16), `certs/${id16}.pem`, "is missing");
    must(keys.includes(id16), `keys/${id16}.pem`, "is missing");
  }
  const holders = new Map();
  for (const id16 of keys) {
    const holder = await readHolder(pack, id16, authority);
    holders.set(holder.id, holder);
  }
  return holders;
}

async function readHolder(pack, id16, authority) {
  const [keyFile, item] = [`keys/${id16}.pem`, `certs/${id16}.pem`];
  const spki = fromPem(await pack.text(keyFile), "PUBLIC KEY", keyFile);
  const key = await importKey(spki, keyFile);
  const id = sha256Hex(spki);
  must(id.startsWith(id16), keyFile, "holds a different key than its name says");
  const der = fromPem(await pack.text(item), "CERTIFICATE", item);
  const cert = readCertificate(der, item, OFFICER_MAY);
  must(equal(cert.spki, spki), item, "is not for the key of the same name");
  const what = "was not issued by certs/ca.pem";
  const issued = equal(cert.issuer, authority.subject);
  must(issued && cert.organisation === authority.organisation, item, what);
  await mustBeSigned(authority.key, cert.signature, cert.signed, item, what);
  return { id, key, name: cert.name, start: cert.start, end: cert.end };
}

async function checkStatement(pack, found) {
  const statement = readStatement(await pack.bytes(STATEMENT));
  const keys = await readHolders(pack);
  const copies = new Map();
  for (const [id, signature] of statement.signatures) {
    must(keys.has(id), STATEMENT, "was signed with a key that is not certified");
    const what = "has a signature that is not sound";
    await mustBeSigned(keys.get(id).key, signature, statement.pae, STATEMENT, what);
    copies.set(`statement.${id.slice(0, 16)}.sig`, signature);
  }
  const here = pack.names(/^statement\.[0-9a-f]{16}\.sig$/);
  for (const name of Array.from(new Set([...here, ...copies.keys()])).sort()) {
    must(here.includes(name), name, "is missing");
    must(copies.has(name), name, "was added");
  }
  copies.set(PAE, statement.pae);
  for (const name of Array.from(copies.keys()).sort()) {
    const same = equal(copies.get(name), await pack.bytes(name));
    must(same, name, "is not what the signed statement says");
  }
  Object.assign(found, statement, { keys });
}

async function checkSubject(pack, found) {
  pack.expected = found.subject;
  const here = pack.names(/^/).filter(inStatement);
  for (const name of Array.from(new Set([...here, ...found.subject.keys()])).sort()) {
    must(pack.files.has(name), name, "is missing");
    must(found.subject.has(name), name, "was added: the signed statement does not name it");
  }
  for (const [index, name] of here.entries()) {
    pack.progress(`Reading file ${index + 1} of ${here.length}`);
    pack.mustFit(name, await pack.hash(name));
  }
}

// What the statement says against itself: incident, form, reference, origin, practice, officers.
function checkPredicate(_pack, { predicate, keys }) {
  const inputs = predicate.check_inputs;
  const same = inputs.origin === predicate.origin && inputs.incident === predicate.incident;
  must(same, STATEMENT, "has check inputs of another incident");
  must(REFERENCE.test(predicate.reference), STATEMENT, "has a reference that no incident has");
  const ofSchool = /^[a-z0-9.-]+\/evidence$/.test(predicate.origin);
  must(ofSchool, STATEMENT, "has an origin that is not of a school's vault");
  // format.md section 1: the domain alone makes a pack PRACTICE.
  const practice = predicate.origin.endsWith(".practice.invalid/evidence");
  must(practice === predicate.practice, STATEMENT, "is not clear whether it is practice");
  const known = predicate.signed_by.every((id) => inputs.officers.includes(id));
  must(known, STATEMENT, "was signed by somebody who is not in the school's directory");
  for (const id of Array.from(keys.keys()).sort()) {
    const item = `keys/${id.slice(0, 16)}.pem`;
    must(inputs.officers.includes(id), item, "is not the key of an officer of this school");
  }
  for (const id of predicate.signed_by) {
    const { start, end } = keys.get(id);
    const valid = start <= predicate.created && predicate.created <= end;
    must(valid, `certs/${id.slice(0, 16)}.pem`, "was not valid when the pack was made");
  }
}
