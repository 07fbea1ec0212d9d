// Strict JSON, and RFC 8785 canonical JSON for the values the format knows: strings, integers,
// booleans, arrays and objects. Duplicate keys, null, fractions, exponents, lone surrogates and
// trailing data are refused, so that no two readers can see two different documents.

const JSON_DEPTH = 32;
const VALUES_LIMIT = 600000;

class JsonReader {
  constructor(text, item) {
    this.text = text;
    this.item = item;
    this.at = 0;
  }

  fail(what) {
    throw new NotSound(this.item, `is not proper JSON (${what}, character ${this.at})`);
  }

  // Matches a sticky pattern here and moves on, or returns null.
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  space() {
    this.take(/[ \t\n\r]*/y);
  }

  document() {
    const value = this.value(0);
    if (this.at !== this.text.length) this.fail("something follows the end");
    return value;
  }

  value(depth) {
    this.space();
    const value = this.bare(depth);
    this.space();
    return value;
  }

  bare(depth) {
    const char = this.text[this.at];
    const opens = char === "{" || char === "[";
    if (opens && depth === JSON_DEPTH) this.fail("nested too deeply");
    if (char === "{") return this.object(depth);
    if (char === "[") return this.array(depth);
    if (char === '"') return this.string();
    if (this.take(/true/y)) return true;
    if (this.take(/false/y)) return false;
    return this.integer();
  }

  integer() {
    const digits = this.take(/-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y);
    const number = Number(digits);
    if (digits === null || !Number.isSafeInteger(number) || Object.is(number, -0)) {
      this.fail("a value that the format does not know");
    }
    return number;
  }

  string() {
    this.at += 1;
    let out = "";
    for (;;) {
      out += this.take(/[^"\\\x00-\x1f]*/y);
      const char = this.text[this.at];
      if (char === '"') break;
      if (char !== "\\") this.fail("a string that does not end");
      out += this.escape();
    }
    this.at += 1;
    if (/\p{Surrogate}/u.test(out)) this.fail("half a character");
    return out;
  }

  escape() {
    const found = this.take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y);
    if (found === null) this.fail("an unknown escape");
    if (found[1] === "u") return String.fromCharCode(parseInt(found.slice(2), 16));
    return { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[found[1]] || found[1];
  }

  array(depth) {
    const out = [];
    this.at += 1;
    this.space();
    if (this.take(/\]/y)) return out;
    for (;;) {
      out.push(this.value(depth + 1));
      if (this.take(/\]/y)) return out;
      if (!this.take(/,/y)) this.fail("a comma is missing");
    }
  }

  // No prototype: a key such as __proto__ is a key like any other.
  object(depth) {
    const out = Object.create(null);
    this.at += 1;
    this.space();
    if (this.take(/\}/y)) return out;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail("a key is missing");
      const key = this.string();
      if (key in out) this.fail("the same key twice");
      this.space();
      if (!this.take(/:/y)) this.fail("a colon is missing");
      out[key] = this.value(depth + 1);
      if (this.take(/\}/y)) return out;
      if (!this.take(/,/y)) this.fail("a comma is missing");
    }
  }
}

function parseJson(text, item) {
  return new JsonReader(text, item).document();
}

// RFC 8785: keys in order of UTF-16 code units, which is how sort() orders strings.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object") {
    const rows = Object.keys(value).sort();
    return `{${rows.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// One value takes many bytes of memory, and as few as two of a file.
function parseCanonical(text, item, most = VALUES_LIMIT) {
  const few = (text.match(/[,[{]/g) || []).length <= most;
  must(few, item, "holds far more values than it should");
  const value = parseJson(text, item);
  must(canonical(value) === text, item, "is not in canonical form");
  return value;
}

const STAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

// A day that no calendar has is moved to another one, or is no time at all; there is no year 0.
function ofCalendar(stamp) {
  const when = new Date(stamp);
  return !Number.isNaN(when.getTime()) && when.toISOString() === stamp && stamp >= "0001";
}

// Checks names and kinds of an object: kinds maps each name to a function that tells.
function shaped(value, kinds, item) {
  must(isObject(value), item, "is not built as the format says");
  const names = Object.keys(value).sort();
  must(sameList(names, Object.keys(kinds).sort()), item, "has other fields than the format says");
  for (const name of names) {
    must(kinds[name](value[name]), item, `has a field that cannot be right: ${name}`);
  }
  return value;
}

const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);
const isText = (v) => typeof v === "string";
const isFlag = (v) => typeof v === "boolean";
const isCount = (v) => Number.isSafeInteger(v) && v >= 0 && v < 10 ** 15;
const isForm = (v) => Number.isSafeInteger(v) && v >= 1;
const isWhole = (v) => Number.isSafeInteger(v);
const isOne = (v) => v === 1;
const isList = (v) => Array.isArray(v);
const isHash = (v) => isText(v) && /^[0-9a-f]{64}$/.test(v);
const isInc = (v) => isText(v) && /^[0-9a-f]{32}$/.test(v);
const isTexts = (v) => isList(v) && v.every(isText);
const isHashes = (v) => isList(v) && v.every(isHash);
const isStamp = (v) => isText(v) && STAMP.test(v) && ofCalendar(v);
const isSortedHashes = (v) => isHashes(v) && sortedUnique(v);
