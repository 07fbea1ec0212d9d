// How files reach the page: a dropped folder, the Folder button or the Files button. They are only
// read; the page has no means to send them anywhere.

// On file:// Chromium gives a dropped folder only as a handle; other browsers give an entry.
// Both must be asked for before the drop event ends, hence no await in here.
function droppedItems(transfer) {
  const items = Array.from(transfer.items).filter((item) => item.kind === "file");
  return items.map((item) => {
    if (item.getAsFileSystemHandle) return item.getAsFileSystemHandle();
    return Promise.resolve(item.webkitGetAsEntry() || item.getAsFile());
  });
}

// Returns {rows, folders}: [path, File] of every file, and the path of every folder, empty ones too.
async function readDropped(promises) {
  const found = { rows: [], folders: [] };
  for (const thing of await Promise.all(promises)) {
    if (thing instanceof File) found.rows.push([thing.name, thing]);
    else if (thing && "kind" in thing) await walkHandle("", thing, found);
    else if (thing) await walkEntry("", thing, found);
  }
  return found;
}

async function walkHandle(path, handle, found) {
  mustBeFew(Math.max(found.rows.length, found.folders.length));
  if (handle.kind === "file") {
    found.rows.push([path + handle.name, await handle.getFile()]);
    return;
  }
  const inside = `${path}${handle.name}`;
  found.folders.push(inside);
  for await (const child of handle.values()) await walkHandle(`${inside}/`, child, found);
}

async function walkEntry(path, entry, found) {
  mustBeFew(Math.max(found.rows.length, found.folders.length));
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    found.rows.push([path + entry.name, file]);
    return;
  }
  const inside = `${path}${entry.name}`;
  found.folders.push(inside);
  const reader = entry.createReader();
  // A reader hands out children in batches until an empty one.
  for (;;) {
    const batch = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (batch.length === 0) return;
    for (const child of batch) await walkEntry(`${inside}/`, child, found);
  }
}

// The Folder button gives files alone: no folder without one, no link.
function folderRows(fileList) {
  const path = (file) => file.webkitRelativePath || file.name;
  return { rows: Array.from(fileList, (file) => [path(file), file]), folders: [] };
}

function isFlat({ rows, folders }) {
  return folders.length === 0 && rows.every(([path]) => !path.includes("/"));
}
