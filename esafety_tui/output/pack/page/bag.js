// The BagIt 1.0 side of the pack (RFC 8493), byte for byte as it is written. The statement is the
// authority; this shows that the lists which ordinary tools check say the same.

const BAGIT_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

async function checkBag(pack, { predicate }) {
  const bagit = equal(await pack.bytes(BAGIT), utf8(BAGIT_TEXT));
  must(bagit, BAGIT, "is not the declaration of a BagIt 1.0 bag");
  const payload = pack.names(/^data\//);
  const sizes = payload.map((name) => pack.files.get(name).size);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const info =
    `Bagging-Date: ${predicate.created.slice(0, 10)}\n` +
    `External-Identifier: ${predicate.reference}\n` +
    `Payload-Oxum: ${all}.${sizes.length}\n`;
  const what = "does not agree with the files and the statement";
  must(equal(await pack.bytes(BAG_INFO), utf8(info)), BAG_INFO, what);
  await checkManifest(pack, MANIFEST, payload);
  const tags = pack.names(/^/).filter((name) => !name.startsWith("data/"));
  await checkManifest(pack, TAG_MANIFEST, tags.filter((name) => name !== TAG_MANIFEST));
}

// One line a file, sorted by name: no second way to write it.
async function checkManifest(pack, manifest, names) {
  const lines = [];
  for (const name of names) {
    const hash = pack.expected.get(name) || (await pack.hash(name));
    lines.push(`${hash}  ${name}\n`);
  }
  const same = equal(await pack.bytes(manifest), utf8(lines.join("")));
  must(same, manifest, "does not name the files of the pack in order and with their hashes");
}
