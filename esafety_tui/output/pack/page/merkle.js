// The Merkle tree over the ledger's lines (RFC 9162 section 2.1) and its signed heads
// (C2SP tlog-checkpoint). Sizes have up to 15 digits, more than the 32 bits of shifts: hence odd and
// half.

const odd = (n) => n % 2 === 1;
const half = (n) => Math.floor(n / 2);

function isPowerOfTwo(number) {
  let rest = number;
  while (rest > 1 && !odd(rest)) rest = half(rest);
  return rest === 1;
}

function leafHash(bytes) {
  return sha256(Uint8Array.of(0), bytes);
}

function nodeHash(left, right) {
  return sha256(Uint8Array.of(1), left, right);
}

// RFC 9162 section 2.1.3.2.
function includes(leaf, index, size, proof, root) {
  if (index >= size) return false;
  let first = index;
  let last = size - 1;
  let hash = leaf;
  for (const step of proof) {
    if (last === 0) return false;
    if (odd(first) || first === last) {
      hash = nodeHash(step, hash);
      while (!odd(first) && first !== 0) {
        first = half(first);
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, step);
    }
    first = half(first);
    last = half(last);
  }
  return last === 0 && equal(hash, root);
}

// RFC 9162 section 2.1.4.2: the tree of the old head is the beginning of the tree of the new one.
function extendsHead(oldSize, oldRoot, newSize, newRoot, proof) {
  if (oldSize < 1 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (proof.length === 0) return false;
  let first = oldSize - 1;
  let last = newSize - 1;
  while (odd(first)) {
    first = half(first);
    last = half(last);
  }
  let older = path[0];
  let newer = path[0];
  for (const step of path.slice(1)) {
    if (last === 0) return false;
    if (odd(first) || first === last) {
      older = nodeHash(step, older);
      newer = nodeHash(step, newer);
      while (!odd(first) && first !== 0) {
        first = half(first);
        last = half(last);
      }
    } else {
      newer = nodeHash(newer, step);
    }
    first = half(first);
    last = half(last);
  }
  return last === 0 && equal(older, oldRoot) && equal(newer, newRoot);
}

function proofOf(list, item) {
  must(isTexts(list) && list.length <= 64, item, "has a proof that is not a list");
  return list.map((text) => {
    const hash = fromBase64(text, item);
    must(hash.length === 32, item, "has a proof with a wrong hash");
    return hash;
  });
}

// The three lines of a head.
function readHead(body, item) {
  const found = /^([a-z0-9.-]+\/evidence)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n$/.exec(body);
  must(found !== null, item, "is not a head of a ledger");
  return { origin: found[1], size: Number(found[2]), root: fromBase64(found[3], item) };
}

// A head with its signature lines. Returns the head and, by id16, key hint and signature.
function readSignedHead(text, item) {
  const cut = text.indexOf("\n\n");
  must(cut > 0 && text.endsWith("\n"), item, "is not a signed head");
  const body = text.slice(0, cut + 1);
  const signatures = new Map();
  for (const line of text.slice(cut + 2, -1).split("\n")) {
    const found = /^\u2014 officer-([0-9a-f]{16}) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    must(found !== null && !signatures.has(found[1]), item, "has a broken signature line");
    const blob = fromBase64(found[2], item);
    signatures.set(found[1], { hint: hex(blob.subarray(0, 4)), signature: blob.subarray(4) });
  }
  return { body, head: readHead(body, item), signatures };
}
