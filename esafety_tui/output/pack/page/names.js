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
const READ_LIMIT = 256 * 2 ** 20;
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

async function checkNames(pack) {
  await refuseNewer(pack);
  for (const name of Array.from(pack.folders).sort()) {
    must(FOLDERS.includes(name), name, "was added: a pack has no such folder");
  }
  for (const name of pack.names(/^/)) {
    const { size } = pack.files.get(name);
    const stray = STRAY.test(name);
    must(stray || PACK_NAME.test(name), name, "was added: a pack has no such file");
    must(!stray || size <= STRAY_LIMIT, name, "was added: no system leaves a file of this size");
    const fits = name.startsWith("data/exhibits/") || size <= READ_LIMIT;
    must(fits, name, "is far too large for what it should be");
    if (!stray) continue;
    pack.strays.push(name);
    pack.files.delete(name);
  }
  REQUIRED.forEach((name) => must(pack.files.has(name), name, "is missing"));
}

// A pack of a higher number may hold files that this page does not know: it is told first.
async function refuseNewer(pack) {
  const file = pack.files.get(STATEMENT);
  if (file === undefined || file.size > READ_LIMIT) return;
  try {
    readStatement(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    if (error instanceof NewerVersion) throw error;
    // What else is wrong with it, the checks that follow name.
  }
}
