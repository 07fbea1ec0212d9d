// The check code: first 80 bits of a hash over the check inputs, in Crockford base32. The page
// never shows the code it works out: it must come from the signed paper, or it proves nothing.

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 16;

function checkCode(inputs) {
  const start = sha256(utf8(canonical(inputs))).subarray(0, 10);
  const bits = Array.from(start, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g).map((five) => CROCKFORD[parseInt(five, 2)]).join("");
}

// Spaces and dashes of any script: White_Space and Dash of Unicode 16, and what word processors put
// between groups unseen.
const PASSED_OVER = new RegExp(
  "[\\t\\n\\v\\f\\r \\x85\\xa0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff" +
  "\\-\\xad\\u058a\\u05be\\u1400\\u1806\\u2010-\\u2015\\u2053\\u207b\\u208b\\u2212\\u2e17\\u2e1a\\u2e3a\\u2e3b" +
  "\\u2e40\\u2e5d\\u301c\\u3030\\u30a0\\ufe31\\ufe32\\ufe58\\ufe63\\uff0d\\u{10ead}]", "gu",
);

// Case is ignored; O is read as 0, I and L as 1. Letters and digits are those of ASCII.
function normalCode(text) {
  const bare = text.replace(PASSED_OVER, "").replace(/[a-z]/g, (char) => char.toUpperCase());
  return bare.replaceAll("O", "0").replace(/[IL]/g, "1");
}

// The code as paper and record show it: four groups of four.
function grouped(code) {
  return code.match(/.{4}/g).join(" ");
}

// "none", "unfinished" with a hint for the officer, "wrong" or "right".
function compareCode(typed, inputs) {
  const code = normalCode(typed);
  if (typed === "") return { state: "none", hint: "" };
  const odd = Array.from(code).find((char) => !CROCKFORD.includes(char));
  if (odd !== undefined) {
    const hint = `The code has no "${show(odd)}". Look at the paper again.`;
    return { state: "unfinished", hint };
  }
  if (code.length !== CODE_LENGTH) {
    const hint = `The code has 16 letters and digits; ${code.length} are typed so far.`;
    return { state: "unfinished", hint };
  }
  return { state: code === checkCode(inputs) ? "right" : "wrong", hint: "" };
}
