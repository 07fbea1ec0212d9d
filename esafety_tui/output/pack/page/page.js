// The page itself. Everything from a pack goes on it as textContent, through show().

const state = { result: null, loose: [], run: 0 };
const byId = (id) => document.getElementById(id);

function setText(id, text) {
  byId(id).textContent = text;
}

function setVerdict({ state, item, colour, heading, text, hint }) {
  Object.assign(byId("verdict").dataset, { verdict: colour, state: state || "", item: item || "" });
  setText("verdict-heading", heading);
  setText("verdict-text", text);
  setText("code-hint", hint || "");
}

function addRow(list, term, text) {
  const dt = document.createElement("dt");
  const dd = document.createElement("dd");
  dt.textContent = term;
  dd.textContent = text;
  list.append(dt, dd);
}

// 21 Nov 2026, 14:07 GMT: the time in the United Kingdom, zone named.
function ukTime(stamp) {
  const when = new Date(stamp);
  if (Number.isNaN(when.getTime())) return show(stamp);
  const parts = { dateStyle: "medium", timeStyle: "long", timeZone: "Europe/London" };
  return new Intl.DateTimeFormat("en-GB", parts).format(when);
}

function personName(keys, id) {
  const known = keys.get(id);
  const name = known && known.name ? `${show(known.name, 80)}, ` : "";
  return `${name}key ${id.slice(0, 16)}`;
}

function showFacts(result, pack) {
  const list = byId("facts");
  list.replaceChildren();
  const { predicate, keys } = result.found;
  byId("practice").hidden = !(predicate && predicate.practice);
  byId("facts-section").hidden = result.failure !== null;
  if (result.failure !== null) return;
  const people = (ids) => ids.map((id) => personName(keys, id)).join("; ") || "none";
  const withheld = predicate.withheld.map((row) => show(Object.values(row).join(": ")));
  addRow(list, "Incident", show(predicate.reference));
  addRow(list, "From", show(predicate.origin));
  addRow(list, "Made for", show(predicate.recipient));
  addRow(list, "Purpose", show(predicate.purpose));
  addRow(list, "Made on", ukTime(predicate.created));
  addRow(list, "Signed by", people(predicate.signed_by));
  addRow(list, "Signatures missing on the form", people(predicate.not_signed_by));
  addRow(list, "Exhibits left out", withheld.length > 0 ? withheld.join("; ") : "none");
  addRow(list, "Ledger entries", `${predicate.entries}, each signed and in its place`);
  const redacted = result.found.records.filter((record) => record.redacted).length;
  addRow(list, "Records with parts left out", String(redacted));
  result.found.followed.forEach(([term, text]) => addRow(list, term, text));
  addRow(list, "Files checked", String(pack.files.size));
  const page = pack.expected.get("verify.html");
  addRow(list, "SHA-256 of the pack's verify.html", page || "it has none");
}

function showChecks(result) {
  const list = byId("checks");
  list.replaceChildren();
  for (const [index, [title]] of CHECKS.entries()) {
    const passed = index < result.done;
    const failed = index === result.done && result.failure !== null;
    const row = document.createElement("li");
    row.textContent = `${passed ? "Passed" : failed ? "FAILED" : "Not reached"}: ${title}`;
    row.dataset.state = passed ? "passed" : failed ? "failed" : "waiting";
    list.append(row);
  }
}

function refresh() {
  if (state.result !== null) setVerdict(judge(state.result, byId("code").value));
}

// A later choice overtakes an earlier one: only the newest run may show its result.
async function start(gather) {
  state.run += 1;
  const mine = state.run;
  state.result = null;
  byId("after").hidden = true;
  const progress = (text) => mine === state.run && setText("verdict-text", text);
  setVerdict({ colour: "working", heading: "Checking …", text: "Reading the pack" });
  let pack = null;
  let result;
  try {
    const chosen = await gather();
    mustBeFew(chosen.rows.length);
    pack = new Pack(findPack(chosen), progress);
    result = await runChecks(pack);
  } catch (error) {
    result = { found: {}, done: 0, strays: [], failure: failureOf(error, "The files chosen") };
  }
  if (mine !== state.run) return;
  state.result = result;
  const name = pack === null ? "" : show(pack.top) || "the files chosen";
  const what = pack === null ? "" : `: ${name}, ${countOf(pack.files.size, "file")}`;
  const judged = result.failure === null || result.failure.state === "not sound";
  setText("chosen", pack === null ? "" : `${judged ? "Checked" : "Not judged"}${what}`);
  setText("when", `Checked on ${ukTime(new Date())}, by the clock of this computer${what}`);
  showChecks(result);
  showFacts(result, pack);
  byId("after").hidden = !judged;
  refresh();
}

function addLoose(files) {
  state.loose.push(...files);
  byId("check-files").hidden = false;
  const next = 'Add those of the other folders, then press "Check these files".';
  setText("chosen", `${countOf(state.loose.length, "file")} chosen. ${next}`);
}

function countOf(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

// A folder is checked at once; loose files wait until all folders' files have been added.
function take(chosen) {
  const { rows } = chosen;
  if (rows.length === 0 && chosen.folders.length === 0) return;
  // A pack's closed container is told at once: nothing that is added to it would help.
  const closed = rows.length === 1 && /\.zip$/i.test(rows[0][0]);
  if (isFlat(chosen) && !closed) {
    addLoose(rows.map(([, file]) => file));
    return;
  }
  state.loose = [];
  byId("check-files").hidden = true;
  start(async () => chosen);
}

function listenToDrops() {
  const zone = byId("drop");
  const over = (on) => zone.classList.toggle("over", on);
  // The whole window takes drops: a miss must not make the browser leave this page.
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  window.addEventListener("dragleave", () => over(false));
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const items = droppedItems(event.dataTransfer);
    readDropped(items).then(take, (error) => {
      if (error instanceof NotSound) start(() => Promise.reject(error));
      else setText("chosen", "The browser did not give the folder away. Use the Folder button.");
    });
  });
}

function listen() {
  byId("folder").addEventListener("change", (event) => take(folderRows(event.target.files)));
  byId("files").addEventListener("change", (event) => {
    take({ rows: Array.from(event.target.files, (file) => [file.name, file]), folders: [] });
  });
  byId("check-files").addEventListener("click", () => start(() => placeFlat(state.loose)));
  byId("code").addEventListener("input", refresh);
  byId("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    refresh();
  });
  byId("print").addEventListener("click", () => window.print());
  listenToDrops();
}

function begin() {
  if (globalThis.crypto && crypto.subtle) {
    byId("work").hidden = false;
    setVerdict({ colour: "none", heading: "Nothing checked yet", text: "Choose the pack first." });
    listen();
    return;
  }
  const text = "Use a current Edge, Chrome or Firefox, and open this page from the pack's folder.";
  setVerdict({ colour: "red", heading: "This browser cannot check a pack", text });
}

begin();
