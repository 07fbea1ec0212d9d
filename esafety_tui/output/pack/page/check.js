// The order of the checks, and the one judgement that comes out. Nothing here touches the page.

// The same order as `esafety verify` keeps: both name the same first item (format.md section 10).
const CHECKS = [
  ["Every file has a name and a place that a pack knows, and none is missing", checkNames],
  ["Statement: signed by two officers with certified keys", checkStatement],
  ["Every file is the one that was signed, and none was added", checkSubject],
  ["BagIt lists agree", checkBag],
  ["Statement agrees with itself and with the certificates", checkPredicate],
  ["Head of the ledger: signed by the same two officers", checkHead],
  ["Entries: none missing, all signed, all in the ledger, each with its record", checkEntries],
  ["The first entry opened this incident", checkOpened],
  ["Exhibits are the ones that were sealed", checkExhibits],
  ["Flowchart and policy, where they are there, are those of the first entry", checkPolicy],
  ["Form: the one that was sealed and last signed", checkForm],
];

const DO_NOT_RELY = "Do not rely on this pack. Ask the school for a fresh copy.";
const TYPE_THE_CODE =
  "Type the code printed on the signed form. Until then, anyone could have made this pack.";
const NEWER =
  "This page cannot judge it, neither for nor against. Ask the school for verify.html of that version.";
const WRONG_CODE =
  "Compare each letter with the signed paper form. If they are the same, this is not the pack " +
  "that belongs to that form. Do not rely on it.";
const RIGHT_CODE = "Every check of this page passed, and the code fits the signed form.";

// Runs the checks in order and stops at the first that fails.
// Returns {found, done, strays, failure}: done counts the checks passed, failure may be null.
async function runChecks(pack) {
  const found = {};
  for (const [done, [title, check]] of CHECKS.entries()) {
    pack.progress(title);
    try {
      await check(pack, found);
    } catch (error) {
      return { found, done, strays: pack.strays, failure: failureOf(error, title) };
    }
  }
  return { found, done: CHECKS.length, strays: pack.strays, failure: null };
}

// Whatever goes wrong while checking is a refusal: the page never passes what it cannot read.
// state: "not sound", "newer version" or "cannot be used".
function failureOf(error, title) {
  if (error instanceof NotSound) return { state: "not sound", item: error.item, what: error.what };
  if (error instanceof NewerVersion) return { state: "newer version", item: "", what: "" };
  if (error instanceof Unusable) {
    return { state: "cannot be used", item: "", what: error.what, next: error.next };
  }
  if (error instanceof DOMException) {
    const what = "A file of the pack could not be read.";
    return { state: "cannot be used", item: title, what, next: "Copy the pack again, then choose it." };
  }
  const what = "could not be checked: the pack is not built as it should be";
  return { state: "not sound", item: title, what };
}

// The judgement: {state, item, colour, heading, text, hint}. Green only with every check and the
// right code.
function judge(result, typed) {
  if (result.failure !== null) return refusal(result.failure);
  const { predicate } = result.found;
  const code = compareCode(typed, predicate.check_inputs);
  if (code.state === "wrong") {
    return {
      state: "not sound", item: "check code", colour: "red", hint: "",
      heading: "The check code does not fit this pack", text: WRONG_CODE,
    };
  }
  const strays = result.strays.length > 0 ? `${beside(result.strays)} ` : "";
  if (code.state !== "right") {
    const sound = strays === "" ? "sound, origin not shown" : "sound-with-extra";
    return {
      state: code.state === "none" ? sound : "code not readable", item: "", colour: "amber",
      heading: "Sound in itself, origin not shown", hint: code.hint,
      text: `${strays}${TYPE_THE_CODE}`,
    };
  }
  if (strays !== "") return withStrays(predicate, strays);
  return { state: "authentic", item: "", ...rightCode(predicate) };
}

function refusal({ state, item, what, next }) {
  const shown = { state, item: show(item), hint: "" };
  if (state === "newer version") {
    return { ...shown, colour: "amber", heading: "Made by a newer version", text: NEWER };
  }
  if (state === "cannot be used") {
    return { ...shown, colour: "amber", heading: "Could not be checked", text: `${what} ${next}` };
  }
  const text = `${show(item)}: ${show(what)}. ${DO_NOT_RELY}`;
  return { ...shown, colour: "red", heading: "Not sound", text };
}

function beside(strays) {
  return `Left there by Windows or macOS, not read, and no part of the pack: ${strays.join(", ")}. ` +
    "Delete them, or copy the pack's own files to an empty folder, and check again.";
}

function withStrays(predicate, strays) {
  const practice = predicate.practice ? "PRACTICE pack, not evidence: sound" : "Sound";
  return {
    state: "sound-with-extra", item: "", colour: "amber", hint: "",
    heading: `${practice}, but other files lie beside it`,
    text: `${strays} The code fits the signed form, and every check of the pack's own files passed.`,
  };
}

function rightCode(predicate) {
  const missing = predicate.not_signed_by.length;
  const lack = missing > 0 ? ` The form lacks the signatures of ${missing} of its reviewers.` : "";
  const text = `${RIGHT_CODE}${lack} What this page cannot check stands below.`;
  if (predicate.practice) {
    return { colour: "green", heading: "PRACTICE pack: sound, but not evidence", hint: "", text };
  }
  return { colour: "green", heading: "Sound, and it is the school's", hint: "", text };
}
