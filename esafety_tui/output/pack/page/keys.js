// Keys and signatures: ECDSA P-256 with SHA-256 only, DER in its one strict form.

const SPKI_HEAD = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

// The DER items that stand one after the other in these bytes: tag, content and whole item.
function derItems(bytes, item) {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    must(at + 2 <= bytes.length && (bytes[at] & 0x1f) !== 0x1f, item, "holds broken DER");
    const tag = bytes[at];
    let length = bytes[at + 1];
    at += 2;
    if (length > 0x7f) {
      const count = length - 0x80;
      must(count >= 1 && count <= 3 && at + count <= bytes.length, item, "holds broken DER");
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

// One PEM block as openssl writes it: 64 characters a line. There is no second way to write it.
function fromPem(text, label, item) {
  const [head, foot] = [`-----BEGIN ${label}-----\n`, `-----END ${label}-----\n`];
  const framed = text.startsWith(head) && text.endsWith(foot);
  must(framed, item, `is not one PEM block "${label}"`);
  const body = text.slice(head.length, text.length - foot.length);
  const base64 = body.replace(/\n/g, "");
  const der = fromBase64(base64, item);
  const lines = (base64.match(/.{1,64}/g) || []).map((line) => `${line}\n`);
  must(lines.length > 0 && lines.join("") === body, item, "has lines that were changed");
  return der;
}
