// Certificates as the school's authority makes them: format.md section 10, "Certificates". WebCrypto
// knows no X.509, so they are read byte by byte; what is not on that closed list is refused.

const ECDSA_SHA256 = fromHex("300a06082a8648ce3d040302");
const VERSION_3 = fromHex("a003020102");
const OID_ORGANISATION = fromHex("060355040a");
const OID_COMMON_NAME = fromHex("0603550403");
const AUTHORITY_MAY = [
  fromHex("30120603551d130101ff040830060101ff020100"), // may certify, path length 0
  fromHex("300e0603551d0f0101ff040403020106"), // keyCertSign, cRLSign
];
const OFFICER_MAY = [
  fromHex("300c0603551d130101ff04023000"), // may not certify
  fromHex("300e0603551d0f0101ff0404030206c0"), // digitalSignature, contentCommitment
];
const KEY_IDS = [
  fromHex("301d0603551d0e04160414"), // of the subject, 20 bytes follow
  fromHex("301f0603551d23041830168014"), // of the authority, 20 bytes follow
];

// The certificate's parts. Dates are stamps; that its signature holds is checked elsewhere.
function readCertificate(der, item, may) {
  const [tbs, algorithm, bits] = derParts(derOne(der, 0x30, item), 3, item);
  const [version, serial, inner, issuer, validity, subject, spki, extensions] =
    derParts(tbs.body, 8, item);
  must(equal(version.raw, VERSION_3), item, "is not an X.509 version 3 certificate");
  must(isSerial(serial), item, "has a number that no certificate has");
  const plain = equal(algorithm.raw, ECDSA_SHA256) && equal(inner.raw, ECDSA_SHA256);
  must(plain, item, "is not signed with ECDSA and SHA-256");
  must(bits.tag === 3 && bits.body[0] === 0, item, "has a broken signature");
  const whole = [tbs, issuer, validity, subject].every(({ tag }) => tag === 0x30);
  must(whole && extensions.tag === 0xa3, item, "is not built as a certificate");
  const p256 = spki.raw.length === 91 && equal(spki.raw.subarray(0, SPKI_HEAD.length), SPKI_HEAD);
  must(p256, item, "is not for a P-256 key");
  const [start, end] = derParts(validity.body, 2, item).map((value) => readMoment(value, item));
  checkExtensions(derOne(extensions.body, 0x30, item), may, item);
  readNames(issuer.body, item);
  const [organisation, name] = readNames(subject.body, item);
  return {
    signed: tbs.raw, signature: bits.body.subarray(1), issuer: issuer.raw, subject: subject.raw,
    organisation, name, spki: spki.raw, start, end,
  };
}

function derParts(bytes, count, item) {
  const parts = derItems(bytes, item);
  must(parts.length === count, item, "has more or fewer parts than the school's certificates");
  return parts;
}

// RFC 5280 section 4.1.2.2: positive, at most 20 bytes; DER: no byte too many.
function isSerial({ tag, body }) {
  const sized = tag === 2 && body.length > 0 && body.length <= 20 && body[0] < 0x80;
  const minimal = body.length === 1 || body[0] !== 0 || body[1] > 0x7f;
  return sized && minimal && body.some((byte) => byte !== 0);
}

// RFC 5280 section 4.1.2.5: two digits of the year up to 2049, four after it. Returns a stamp.
function readMoment({ tag, body }, item) {
  const text = Array.from(body, (byte) => String.fromCharCode(byte)).join("");
  const short = tag === 0x17 && /^[0-9]{12}Z$/.test(text);
  const long = tag === 0x18 && /^[0-9]{14}Z$/.test(text) && text >= "205";
  must(short || long, item, "has a date that is not written as a date");
  const digits = short ? (text >= "5" ? "19" : "20") + text : text;
  const [year, ...pairs] = [digits.slice(0, 4), ...digits.slice(4, 14).match(/../g)];
  const [month, day, hour, minute, second] = pairs;
  const stamp = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  must(isStamp(stamp), item, "has a date that no calendar has");
  return stamp;
}

// Organisation and common name, the only two attributes, in this order.
function readNames(name, item) {
  const pairs = derParts(name, 2, item).map(({ tag, body }) => {
    must(tag === 0x31, item, "has a name that is not built as a name");
    return derParts(derOne(body, 0x30, item), 2, item);
  });
  const [[first, school], [second, person]] = pairs;
  const known = equal(first.raw, OID_ORGANISATION) && equal(second.raw, OID_COMMON_NAME);
  must(known, item, "does not name a school and a person");
  return [school, person].map(({ tag, body }) => {
    const text = tag === 0x0c ? textOf(body, item) : "";
    const { length } = Array.from(text);
    must(length > 0 && length <= 64, item, "has a name that is empty, too long or no text");
    return text;
  });
}

function checkExtensions(bytes, may, item) {
  const found = derItems(bytes, item).map(({ raw }) => raw);
  const isOf = (raw, list) => list.some((wanted) => equal(raw, wanted));
  const keyed = (raw) => KEY_IDS.some((head) =>
    raw.length === head.length + 20 && equal(raw.subarray(0, head.length), head));
  const known = found.every((raw) => isOf(raw, may) || keyed(raw));
  const once = new Set(found.map((raw) => hex(raw.subarray(2, 7)))).size === found.length;
  const whole = may.every((wanted) => isOf(wanted, found));
  must(known && once && whole, item, "may be used for something else than the school's");
}
