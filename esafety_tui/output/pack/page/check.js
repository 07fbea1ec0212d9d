// The order of the checks, and the one judgement that comes out. Nothing here touches the page.

const CHECKS = [
  ["Statement: signed by two officers with certified keys", checkStatement],
  ["Every file is there, unchanged, and none was added", checkSubject],
  ["BagIt lists agree", checkBag],
  ["Check inputs agree with the statement", checkInputs],
  ["Head of the ledger: signed by the same two officers", checkHead],
  ["Entries: none missing, all signed, all in the ledger", checkEntries],
  ["Records are the ones that were sealed", checkRecords],
  ["Exhibits are the ones that were sealed", checkExhibits],
  ["Flowchart and policy, where they are there, are those of the first entry", checkPolicy],
  ["Form: the one that was sealed and last signed", checkForm],
];

const DO_NOT_RELY = "Do not rely on this pack. Ask the school for a fresh copy.";
const TYPE_THE_CODE =
  "Type the code printed on the signed form. Until then, anyone could have made this pack.";
const WRONG_CODE =
  "Compare each letter with the signed paper form. If they are the same, this is not the pack " +
  "that belongs to that form. Do not rely on it.";
const RIGHT_CODE = "Every check of this page passed, and the code fits the signed form.";

// Runs the checks in order and stops at the first that fails.
// Returns {found, done, failure}: done counts the checks passed, failure is {item, what} or null.
async function runChecks(pack) {
  const found = {};
  for (const [done, [title, check]] of CHECKS.entries()) {
    pack.progress(title);
    try {
      await check(pack, found);
    } catch (error) {
      return { found, done, failure: failureOf(error, title) };
    }
  }
  return { found, done: CHECKS.length, failure: null };
}

// Whatever goes wrong while checking is a refusal: the page never passes what it cannot read.
function failureOf(error, title) {
  if (error instanceof NotSound) return { item: error.item, what: error.what };
  if (error instanceof DOMException) {
    return { item: title, what: "could not be checked, because a file could not be read" };
  }
  return { item: title, what: "could not be checked: the pack is not built as it should be" };
}

// The judgement: {colour, heading, text, hint}. Green only with every check and the right code.
function judge(result, typed) {
  if (result.failure !== null) {
    const { item, what } = result.failure;
    return {
      colour: "red", heading: "Not sound", hint: "",
      text: `${show(item)}: ${show(what)}. ${DO_NOT_RELY}`,
    };
  }
  const { predicate } = result.found;
  const code = compareCode(typed, predicate.check_inputs);
  if (code.state === "wrong") {
    return {
      colour: "red", heading: "The check code does not fit this pack", hint: "",
      text: WRONG_CODE,
    };
  }
  if (code.state !== "right") {
    return {
      colour: "amber", heading: "Sound in itself, origin not shown", hint: code.hint,
      text: TYPE_THE_CODE,
    };
  }
  return rightCode(predicate);
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
