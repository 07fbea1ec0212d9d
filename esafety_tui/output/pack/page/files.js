// The files an officer chose: which of them are the pack, and reading them once and hashed.

// Takes [path, File] rows and the paths of folders. Returns {top, files, folders}: the folder of the
// one pack, path to File within, and the folders within.
function findPack({ rows, folders }) {
  const found = rows.map(([path]) => path).filter((path) => MARKS.includes(path.split("/").pop()));
  const depth = (path) => path.split("/").length;
  const least = Math.min(...found.map(depth));
  const above = (path) => path.split("/").slice(0, -1).join("/");
  const outer = new Set(found.filter((path) => depth(path) === least).map(above));
  if (outer.size === 0) throw notAPack(rows);
  must(outer.size === 1, STATEMENT, "is there more than once. Choose the folder of one pack");
  const [top] = outer;
  const start = top === "" ? "" : `${top}/`;
  const inside = rows.filter(([path]) => path.startsWith(start));
  const files = new Map(inside.map(([path, file]) => [path.slice(start.length), file]));
  must(files.size === inside.length, STATEMENT, "stands beside a file that was given twice");
  const within = folders.filter((path) => path.startsWith(start) && path !== top);
  return { top, files, folders: within.map((path) => path.slice(start.length)) };
}

function notAPack(rows) {
  const zip = rows.length === 1 && /\.zip$/i.test(rows[0][0]);
  if (zip) {
    return new Unusable(
      "This is the encrypted file of a pack, still closed.",
      "Open it with 7-Zip first, with its passphrase, then choose the folder that comes out.",
    );
  }
  return new Unusable(
    "These files are not an evidence pack.", "Choose the folder that holds START-HERE.pdf.",
  );
}

function mustBeFew(count) {
  const what = "holds more files than a pack can have: this page checks at most 100,000";
  must(count <= FILES_LIMIT, "the pack", what);
}

// Files without folders (the Files button): each goes where the statement names a file of its
// last name, the one with its hash first. It only places them; the checks come afterwards.
async function placeFlat(list) {
  const rows = [];
  const placed = new Map();
  const statement = list.find((file) => file.name === STATEMENT);
  if (statement === undefined) return { rows: list.map((file) => [file.name, file]), folders: [] };
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
  return { rows, folders: [] };
}

class Pack {
  constructor({ top, files, folders }, progress) {
    this.top = top;
    this.files = files;
    this.folders = new Set(folders);
    for (const name of files.keys()) {
      for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1)) {
        this.folders.add(name.slice(0, at));
      }
    }
    this.strays = [];
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
