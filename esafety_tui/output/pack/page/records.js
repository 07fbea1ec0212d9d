// The records of the entries, the exhibits and the form: each is what its entry committed to.

const FORM = "data/form.pdf";
const OPENED = "incident.opened";
const RECORD = {
  v: isOne, inc: isInc, seq: isCount, type: isText, digests: isSortedHashes, disclosures: isList,
};
// format.md section 5: the list is closed.
const RECORD_TYPES = (
  "vault.created generation.rotated officer.enrolled officer.removed machine.enrolled " +
  "profile.adopted session.opened session.closed clock.checked incident.opened " +
  "incident.restricted gate answer answer.changed note url screenshot file described seizure " +
  "stop stop.tick frozen released referral decision action correction custody read printed " +
  "form.rendered form.signed form.ink pack.exported pack.read-back head.signed head.witnessed " +
  "orphan.moved backup.made restored history.accepted hold.set hold.lifted shredded imported " +
  "token.rfc3161 rehearsed instruction.confirmed session.locked session.reopened session.left"
).split(" ");
const CAPTURES = ["screenshot", "file"];
// format.md section 5: what one officer alone cannot write.
const PAIR_ONLY = CAPTURES.concat(
  ("url gate decision correction released hold.lifted form.rendered form.signed pack.exported " +
  "pack.read-back shredded restored history.accepted generation.rotated officer.enrolled " +
  "officer.removed machine.enrolled profile.adopted instruction.confirmed session.left").split(" "),
);

function recordName(seq) {
  return `data/records/${String(seq).padStart(6, "0")}.json`;
}

// One record file against its line. Returns {type, fields}; a redacted one has fewer fields.
async function readRecord(pack, line) {
  const item = recordName(line.seq);
  const record = shaped(parseCanonical(await pack.text(item), item), RECORD, item);
  must(record.inc === line.inc && record.seq === line.seq, item, "belongs to another entry");
  const { type, digests } = record;
  must(RECORD_TYPES.includes(type), item, "is of a kind that the format does not know");
  const commitment = sha256Hex(utf8(canonical({ v: 1, type, digests })));
  must(commitment === line.rec, item, "is not the record that its entry holds the hash of");
  const fields = new Map();
  for (const row of record.disclosures) {
    const built = isList(row) && row.length === 3 && isText(row[0]) && isText(row[1]);
    must(built && fromBase64(row[0], item).length === 16, item, "has a broken field");
    const known = digests.includes(sha256Hex(utf8(canonical(row))));
    must(known && !fields.has(row[1]), item, "has a field that is not what was sealed");
    fields.set(row[1], row[2]);
  }
  // format.md section 4a: restricting an incident after its opening takes two.
  const later = type === "incident.restricted" && fields.has("recipient");
  const lone = line.by.length < 2 && (PAIR_ONLY.includes(type) || later);
  must(!lone, item, "was written by one officer alone");
  const redacted = fields.size < digests.length;
  const capture = CAPTURES.includes(type);
  must(!capture || redacted || fields.has("producer"), item, "names no producer");
  const present = !capture || !fields.has("producer") || line.by.includes(fields.get("producer"));
  must(present, item, "names a producer who was not present");
  checkKinds(item, type, fields, redacted);
  return { seq: line.seq, item, type, fields, redacted };
}

// The first entry, and no other, opened the incident of the statement.
function checkOpened(_pack, { records, predicate }) {
  const [first, ...others] = records;
  must(first.type === OPENED, first.item, "is of the first entry and did not open the incident");
  for (const record of others) {
    must(record.type !== OPENED, record.item, "opens the incident once more");
  }
  const same = first.fields.get("reference") === predicate.reference;
  must(same, first.item, "opened an incident with another reference");
}

function takenExhibits(records) {
  const taken = new Map();
  for (const record of records.filter(({ type }) => CAPTURES.includes(type))) {
    const reference = record.fields.get("exhibit");
    const named = isText(reference) && !taken.has(reference);
    must(named, record.item, "does not name its exhibit, or names another's");
    taken.set(reference, record);
  }
  return taken;
}

// Exhibit AB/1 lies in data/exhibits/AB_1.png: the record with that reference must hold its hash
// and its size, and what has no file must be named as left out.
function checkExhibits(pack, { records, withheld }) {
  const taken = takenExhibits(records);
  const present = new Set();
  for (const name of pack.names(/^data\/exhibits\//)) {
    const reference = name.slice("data/exhibits/".length).split(".")[0].replaceAll("_", "/");
    const record = taken.get(reference);
    const known = record !== undefined && !present.has(reference) && !withheld.has(reference);
    must(known, name, "is not an exhibit of this incident");
    const same = record.fields.get("sha256") === pack.expected.get(name);
    must(same, name, "is not the exhibit that was sealed: its record holds another hash");
    const sized = record.fields.get("size") === pack.files.get(name).size;
    must(sized, name, "is not the exhibit that was sealed: its record holds another size");
    present.add(reference);
  }
  for (const [reference, record] of taken) {
    const told = present.has(reference) || withheld.has(reference);
    must(told, record.item, `has its exhibit ${reference} neither in the pack nor named as left out`);
  }
  const known = Array.from(withheld).every((reference) => taken.has(reference));
  must(known, STATEMENT, "leaves out an exhibit that no record brought in");
}

// The ends at which the first revision of a PDF can lie: after each %%EOF and its line end.
function revisionEnds(bytes) {
  const mark = utf8("%%EOF");
  const ends = [];
  for (let at = bytes.indexOf(mark[0]); at !== -1; at = bytes.indexOf(mark[0], at + 1)) {
    if (!equal(bytes.subarray(at, at + mark.length), mark)) continue;
    ends.push(at + 5, at + 6, at + 7);
    if (ends.length > 60) break;
  }
  return ends.filter((end) => end <= bytes.length);
}

async function checkForm(pack, found) {
  const inputs = found.predicate.check_inputs;
  const ofForm = (type) => found.records.filter(
    (record) => record.type === type && record.fields.get("version") === inputs.form,
  );
  const [rendered, ...more] = ofForm("form.rendered");
  must(rendered !== undefined && more.length === 0, FORM, "has no record of being drawn up once");
  const { item, fields } = rendered;
  must(fields.get("checkpoint") === inputs.checkpoint, item, "has another head than the form");
  const code = grouped(checkCode(inputs));
  must(fields.get("check_code") === code, item, "has another check code");
  const signed = ofForm("form.signed");
  const last = signed.length > 0 ? signed[signed.length - 1] : rendered;
  const same = last.fields.get("sha256") === pack.expected.get(FORM);
  must(same, FORM, "is not the form as it was last signed");
  checkSigners(found, signed, rendered);
  const bytes = await pack.bytes(FORM);
  const sealed = fields.get("sha256");
  const first = revisionEnds(bytes).some((end) => sha256Hex(bytes.subarray(0, end)) === sealed);
  must(first, FORM, "does not begin with the form that was drawn up and sealed");
}

// Who signed the form and who did not is told, and all are officers of this pack.
function checkSigners(found, signed, rendered) {
  const reviewers = rendered.fields.get("officers");
  must(isSortedHashes(reviewers), rendered.item, "does not name its reviewers");
  const signers = signed.map((record) => record.fields.get("officer"));
  const once = new Set(signers).size === signers.length;
  const own = once && signers.every((id) => reviewers.includes(id));
  const missing = reviewers.filter((id) => !signers.includes(id));
  const told = own && sameList(missing, found.predicate.not_signed_by);
  must(told, STATEMENT, "does not name rightly who signed the form and who did not");
  const known = reviewers.every((id) => found.keys.has(id));
  must(known, rendered.item, "names reviewers who are not officers of this pack");
}
