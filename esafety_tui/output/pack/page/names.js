// Which files a pack may hold, and the strays that an operating system leaves beside them. Judged
// before any file is read, as far as a browser shows them.

const STATEMENT = "statement.dsse.json";
const TAG_MANIFEST = "tagmanifest-sha256.txt";
const PAE = "statement.pae";
const BAGIT = "bagit.txt";
const BAG_INFO = "bag-info.txt";
const MANIFEST = "manifest-sha256.txt";
const CA_CERT = "certs/ca.pem";
const MARKS = [BAGIT, STATEMENT, MANIFEST];
const FILES_LIMIT = 100000;
const MIB = 2 ** 20;
const SIZES = {
  [STATEMENT]: 24 * MIB, [PAE]: 18 * MIB, [MANIFEST]: 16 * MIB, [TAG_MANIFEST]: 16 * MIB,
  "data/ledger.json": 256 * MIB, "data/checkpoint.txt": MIB / 16, [BAGIT]: MIB / 16,
  [BAG_INFO]: MIB / 16,
};
const SIZES_IN_ALL = 1024 * MIB;
const OFFICERS_LIMIT = 1000;
const STRAY_LIMIT = 2 ** 20;

// The only names that files may have: nothing that a double click could run.
const MEDIA =
  "png|jpg|jpeg|gif|webp|bmp|tif|tiff|heic|pdf|txt|csv|mp4|m4v|mov|webm|avi|mp3|m4a|wav|ogg|eml|" +
  "msg|bin";
const EXHIBIT_NAME = `data/exhibits/[A-Z]{1,8}_[1-9][0-9]{0,5}(?:_[1-9][0-9]{0,3})?\\.(?:${MEDIA})`;
const PACK_NAME = new RegExp(`^(?:${[
  "bagit\\.txt", "bag-info\\.txt", "(?:tag)?manifest-sha256\\.txt", "START-HERE\\.pdf",
  "README\\.txt", "verify\\.html", "statement\\.(?:dsse\\.json|pae|[0-9a-f]{16}\\.sig)",
  "keys/[0-9a-f]{16}\\.pem", "certs/(?:ca|[0-9a-f]{16})\\.pem", "data/form\\.pdf",
  "data/limits\\.pdf", "data/exhibit-list\\.csv", "data/continuity\\.csv", "data/ledger\\.json",
  "data/checkpoint\\.txt", "data/(?:procedure|profile)\\.toml", "data/records/[0-9]{6,15}\\.json",
  EXHIBIT_NAME,
].join("|")})$`);
const STRAY = /^(?:keys\/|certs\/)?(?:Thumbs\.db|desktop\.ini|\.DS_Store)$/;
const FOLDERS = ["data", "data/exhibits", "data/records", "keys", "certs"];

const REQUIRED = [
  BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST, "START-HERE.pdf", "README.txt", "verify.html",
  STATEMENT, PAE, CA_CERT, "data/form.pdf", "data/exhibit-list.csv", "data/continuity.csv",
  "data/limits.pdf", "data/ledger.json", "data/checkpoint.txt",
].sort();

// The statement lists all but its own files and the tag manifest.
function inStatement(name) {
  return name !== TAG_MANIFEST && !name.startsWith("statement.");
}

// How many bytes a file may have: no pack needs more, and whoever checks it has to read them.
function largest(name) {
  if (name.startsWith("data/exhibits/")) return Infinity;
  if (name.startsWith("data/records/")) return 4 * MIB;
  if (/^(?:keys|certs)\/|\.sig$/.test(name)) return MIB / 16;
  return SIZES[name] || 64 * MIB;
}

async function checkNames(pack) {
  await refuseNewer(pack);
  let total = 0;
  for (const name of Array.from(pack.folders).sort()) {
    must(FOLDERS.includes(name), name, "was added: a pack has no such folder");
  }
  for (const name of pack.names(/^/)) {
    const { size } = pack.files.get(name);
    const stray = STRAY.test(name);
    must(stray || PACK_NAME.test(name), name, "was added: a pack has no such file");
    must(!stray || size <= STRAY_LIMIT, name, "was added: no system leaves a file of this size");
    if (!stray && largest(name) !== Infinity) total += size;
    const fits = stray || (size <= largest(name) && total <= SIZES_IN_ALL);
    must(fits, name, "is far too large for what it should be");
    if (!stray) continue;
    pack.strays.push(name);
    pack.files.delete(name);
  }
  const few = pack.names(/^keys\//).length <= OFFICERS_LIMIT;
  must(few, "keys/", "holds the keys of more people than a school has");
  REQUIRED.forEach((name) => must(pack.files.has(name), name, "is missing"));
}

// A pack of a higher number may hold files that this page does not know: it is told first.
async function refuseNewer(pack) {
  const file = pack.files.get(STATEMENT);
  if (file === undefined || file.size > largest(STATEMENT)) return;
  try {
    readStatement(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    if (error instanceof NewerVersion) throw error;
    // What else is wrong with it, the checks that follow name.
  }
}
