// The BagIt 1.0 side of the pack (RFC 8493). The statement is the authority; this shows that the
// lists which ordinary tools check say the same.

async function readManifest(pack, name) {
  const text = await pack.text(name);
  must(text.endsWith("\n"), name, "does not end with a whole line");
  const rows = new Map();
  for (const line of text.slice(0, -1).split("\n")) {
    const row = /^([0-9a-f]{64}) [ *]([^\r]+)$/.exec(line);
    must(row !== null && !rows.has(row[2]), name, "has a line that is not a hash and a name");
    rows.set(row[2], row[1]);
  }
  return rows;
}

async function checkManifest(pack, manifest, inside) {
  const rows = await readManifest(pack, manifest);
  for (const name of rows.keys()) {
    must(pack.files.has(name) && inside(name), manifest, `names a file that is not there: ${name}`);
  }
  for (const name of pack.files.keys()) {
    if (!inside(name)) continue;
    must(rows.has(name), manifest, `does not name ${name}`);
    const hash = pack.expected.get(name) || (await pack.hash(name));
    must(rows.get(name) === hash, manifest, `has another hash for ${name}`);
  }
}

async function checkBag(pack) {
  const bagit = await pack.text("bagit.txt");
  const right = /^BagIt-Version: 1\.0\r?\nTag-File-Character-Encoding: UTF-8\r?\n$/.test(bagit);
  must(right, "bagit.txt", "is not the declaration of a BagIt 1.0 bag");
  const fetches = pack.files.has("fetch.txt");
  must(!fetches, "fetch.txt", "asks for files from elsewhere. No pack has that");
  await checkManifest(pack, "manifest-sha256.txt", (name) => name.startsWith("data/"));
  const tag = (name) => !name.startsWith("data/") && name !== TAG_MANIFEST;
  await checkManifest(pack, TAG_MANIFEST, tag);
}
