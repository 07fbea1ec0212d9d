// Bytes and text. Refuses anything that is not the one exact form, and shows nothing unescaped.

class NotSound extends Error {
  // item: the file or entry that failed. what: what is wrong with it, as a sentence part.
  constructor(item, what) {
    super(`${item}: ${what}`);
    this.item = item;
    this.what = what;
  }
}

// A pack of a higher number: not unsound, but not for this page to judge.
class NewerVersion extends Error {}

// What was chosen cannot be checked at all. what and next are sentences.
class Unusable extends Error {
  constructor(what, next) {
    super(`${what} ${next}`);
    this.what = what;
    this.next = next;
  }
}

function must(holds, item, what) {
  if (!holds) throw new NotSound(item, what);
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

// A byte order mark is kept, so that the strict readers see it and refuse it.
function textOf(bytes, item) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (_error) {
    throw new NotSound(item, "is not UTF-8 text");
  }
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Standard base64 with padding, RFC 4648 section 4. The last check refuses stray low bits,
// which would let one value be written in two ways.
function fromBase64(text, item) {
  const whole = typeof text === "string" && text.length % 4 === 0;
  must(whole && /^[A-Za-z0-9+/]*={0,2}$/.test(text), item, "holds text that is not base64");
  const binary = atob(text);
  must(btoa(binary) === text, item, "holds base64 that is not in its one proper form");
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function equal(left, right) {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

function sameList(left, right) {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}

function sortedUnique(list) {
  return list.every((value, i) => i === 0 || list[i - 1] < value);
}

// Text from a pack made safe to look at: what is invisible, reorders the line or breaks it is
// written out as <U+XXXX>, and very long text is cut. Always put on the page as textContent.
function show(text, limit = 300) {
  const chars = Array.from(String(text));
  const safe = chars.slice(0, limit).map((char) => {
    if (!/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(char)) return char;
    return `<U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;
  });
  const rest = chars.length - limit;
  return safe.join("") + (rest > 0 ? ` (and ${rest} more characters)` : "");
}
