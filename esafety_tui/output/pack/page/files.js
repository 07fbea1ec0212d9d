// The files an officer chose: which of them are the pack, and reading them once and hashed.

const READ_LIMIT = 256 * 2 ** 20;
const STATEMENT = "statement.dsse.json";
const TAG_MANIFEST = "tagmanifest-sha256.txt";

// Takes [path, File] rows. Returns {top, files}: the folder of the one pack, path to File within.
function findPack(rows) {
  const found = rows.map(([path]) => path).filter((path) => path.split("/").pop() === STATEMENT);
  const depth = (path) => path.split("/").length;
  const least = Math.min(...found.map(depth));
  const outer = found.filter((path) => depth(path) === least);
  must(outer.length > 0, STATEMENT, "is missing. Choose the whole folder of the pack");
  must(outer.length === 1, STATEMENT, "is there more than once. Choose the folder of one pack");
  const top = outer[0].slice(0, -STATEMENT.length);
  const inside = rows.filter(([path]) => path.startsWith(top));
  const files = new Map(inside.map(([path, file]) => [path.slice(top.length), file]));
  must(files.size === inside.length, STATEMENT, "stands beside a file that was given twice");
  return { top: top.slice(0, -1), files };
}

// Files without folders (the Files button): each goes where the statement names a file of its
// last name, the one with its hash first. It only places them; the checks come afterwards.
async function placeFlat(list) {
  const rows = [];
  const placed = new Map();
  const statement = list.find((file) => file.name === STATEMENT);
  must(statement !== undefined, STATEMENT, "is missing. Add the files of every folder of the pack");
  const bytes = new Uint8Array(await statement.arrayBuffer());
  const envelope = parseJson(textOf(bytes, STATEMENT), STATEMENT);
  const payload = textOf(fromBase64(envelope.payload, STATEMENT), STATEMENT);
  const subject = parseJson(payload, STATEMENT).subject || [];
  for (const file of list) {
    const hash = await hashFile(file, () => undefined);
    const places = subject.filter((row) => String(row.name).split("/").pop() === file.name);
    const exact = places.filter((row) => row.digest.sha256 === hash);
    const chosen = exact.length > 0 ? exact : places.slice(0, 1);
    for (const name of chosen.length > 0 ? chosen.map((row) => row.name) : [file.name]) {
      // The same file added twice is no harm. A different one for the same place is, and
      // findPack refuses it.
      if (placed.get(name) === hash) continue;
      placed.set(name, hash);
      rows.push([name, file]);
    }
  }
  return rows;
}

class Pack {
  constructor(top, files, progress) {
    this.top = top;
    this.files = files;
    this.progress = progress;
    this.expected = null;
    this.held = new Map();
  }

  names(pattern) {
    return Array.from(this.files.keys()).filter((name) => pattern.test(name)).sort();
  }

  // Bytes of one file, read once. After the statement is read they must have its hash.
  async bytes(name) {
    if (this.held.has(name)) return this.held.get(name);
    const file = this.files.get(name);
    must(file !== undefined, name, "is missing");
    must(file.size <= READ_LIMIT, name, "is too large for this page");
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.mustFit(name, sha256Hex(bytes));
    this.held.set(name, bytes);
    return bytes;
  }

  async text(name) {
    return textOf(await this.bytes(name), name);
  }

  async hash(name) {
    const held = this.held.get(name);
    const report = (done, all) => {
      this.progress(`${show(name)}: ${megabytes(done)} of ${megabytes(all)}`);
    };
    return held ? sha256Hex(held) : hashFile(this.files.get(name), report);
  }

  mustFit(name, hash) {
    if (this.expected === null || !this.expected.has(name)) return;
    const same = this.expected.get(name) === hash;
    must(same, name, "was changed: its hash is not the one that was signed");
  }
}

function megabytes(count) {
  return `${(count / 1e6).toFixed(1)} MB`;
}
