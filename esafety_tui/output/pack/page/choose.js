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

async function readDropped(promises) {
  const rows = [];
  for (const thing of await Promise.all(promises)) {
    if (thing instanceof File) rows.push([thing.name, thing]);
    else if (thing && "kind" in thing) await walkHandle("", thing, rows);
    else if (thing) await walkEntry("", thing, rows);
  }
  return rows;
}

async function walkHandle(path, handle, rows) {
  if (handle.kind === "file") {
    rows.push([path + handle.name, await handle.getFile()]);
    return;
  }
  const inside = `${path}${handle.name}/`;
  for await (const child of handle.values()) await walkHandle(inside, child, rows);
}

async function walkEntry(path, entry, rows) {
  if (entry.isFile) {
    rows.push([path + entry.name, await new Promise((done, fail) => entry.file(done, fail))]);
    return;
  }
  const reader = entry.createReader();
  // A reader hands out children in batches until an empty one.
  for (;;) {
    const batch = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (batch.length === 0) return;
    for (const child of batch) await walkEntry(`${path}${entry.name}/`, child, rows);
  }
}

function folderRows(fileList) {
  return Array.from(fileList, (file) => [file.webkitRelativePath || file.name, file]);
}

function isFlat(rows) {
  return rows.every(([path]) => !path.includes("/"));
}
