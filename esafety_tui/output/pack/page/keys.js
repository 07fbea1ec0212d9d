// Keys, signatures and certificates: ECDSA P-256 with SHA-256 only, DER in its one strict form.
// X.509 is read just far enough to see who issued which key; dates and revocation are not judged.

const SPKI_HEAD = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const ECDSA_SHA256 = fromHex("300a06082a8648ce3d040302");
const OID_COMMON_NAME = fromHex("0603550403");
const OID_BASIC_CONSTRAINTS = fromHex("0603551d13");

// The DER items that stand one after the other in these bytes: tag, content and whole item.
function derItems(bytes, item) {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const tag = bytes[at];
    let length = bytes[at + 1];
    at += 2;
    if (length > 0x7f) {
      const count = length - 0x80;
      must(count >= 1 && count <= 3, item, "holds a broken DER length");
      length = bytes.subarray(at, at + count).reduce((sum, byte) => sum * 256 + byte, 0);
      must(length >= (count === 1 ? 0x80 : 256 ** (count - 1)), item, "holds loose DER");
      at += count;
    }
    must(at + length <= bytes.length, item, "holds DER that is cut off");
    const end = at + length;
    out.push({ tag, body: bytes.subarray(at, end), raw: bytes.subarray(start, end) });
    at = end;
  }
  return out;
}

function derOne(bytes, tag, item) {
  const items = derItems(bytes, item);
  must(items.length === 1 && items[0].tag === tag, item, "holds unexpected DER");
  return items[0].body;
}

// DER signature to the 64 bytes r || s that crypto.subtle wants.
function rawSignature(der, item) {
  const numbers = derItems(derOne(der, 0x30, item), item);
  must(numbers.length === 2, item, "holds a broken signature");
  const halves = numbers.map(({ tag, body }) => {
    const minimal = body.length === 1 || body[0] !== 0 || body[1] > 0x7f;
    const positive = tag === 2 && body.length > 0 && body[0] < 0x80;
    must(positive && minimal, item, "holds a broken signature");
    const digits = body[0] === 0 ? body.subarray(1) : body;
    must(digits.length <= 32, item, "holds a broken signature");
    return concat(new Uint8Array(32 - digits.length), digits);
  });
  return concat(...halves);
}

async function importKey(spki, item) {
  const right = spki.length === 91 && equal(spki.subarray(0, SPKI_HEAD.length), SPKI_HEAD);
  must(right, item, "is not a P-256 public key");
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  try {
    return await crypto.subtle.importKey("spki", spki, kind, false, ["verify"]);
  } catch (_error) {
    throw new NotSound(item, "is not a point of the curve P-256");
  }
}

async function mustBeSigned(key, signature, data, item, what) {
  const raw = rawSignature(signature, item);
  const kind = { name: "ECDSA", hash: "SHA-256" };
  must(await crypto.subtle.verify(kind, key, raw, data), item, what);
}

function fromPem(text, label, item) {
  const [head, foot] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  const pattern = new RegExp(`^${head}\n([A-Za-z0-9+/=\n]+)${foot}\n?$`);
  const found = pattern.exec(text.replace(/\r\n/g, "\n"));
  must(found !== null, item, `is not one PEM block "${label}"`);
  return fromBase64(found[1].replace(/\n/g, ""), item);
}

function readCertificate(der, item) {
  const parts = derItems(derOne(der, 0x30, item), item);
  const whole = parts.length === 3 && parts[2].tag === 3 && parts[2].body[0] === 0;
  must(whole, item, "is not a certificate");
  const [tbs, algorithm, bits] = parts;
  const fields = derItems(tbs.body, item);
  must(fields.length >= 8 && fields[0].tag === 0xa0, item, "is not an X.509 version 3 certificate");
  const plain = equal(algorithm.raw, ECDSA_SHA256) && equal(fields[2].raw, ECDSA_SHA256);
  must(plain, item, "is not signed with ECDSA and SHA-256");
  const extensions = fields.find((field) => field.tag === 0xa3);
  return {
    signed: tbs.raw,
    signature: bits.body.subarray(1),
    issuer: fields[3].raw,
    subject: fields[5].raw,
    name: commonName(fields[5].body, item),
    spki: fields[6].raw,
    authority: extensions !== undefined && isAuthority(extensions.body, item),
  };
}

function commonName(subject, item) {
  for (const set of derItems(subject, item)) {
    for (const pair of derItems(set.body, item)) {
      const [oid, value] = derItems(pair.body, item);
      if (value && equal(oid.raw, OID_COMMON_NAME)) return textOf(value.body, item);
    }
  }
  return "";
}

function isAuthority(extensions, item) {
  for (const extension of derItems(derOne(extensions, 0x30, item), item)) {
    const parts = derItems(extension.body, item);
    if (!equal(parts[0].raw, OID_BASIC_CONSTRAINTS)) continue;
    const [flag] = derItems(derOne(parts[parts.length - 1].body, 0x30, item), item);
    return flag !== undefined && flag.tag === 1 && flag.body[0] === 0xff;
  }
  return false;
}
