// The check code: first 80 bits of a hash over the check inputs, in Crockford base32. The page
// never shows the code it works out: it must come from the signed paper, or it proves nothing.

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 16;

function checkCode(inputs) {
  const start = sha256(utf8(canonical(inputs))).subarray(0, 10);
  const bits = Array.from(start, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{5}/g).map((five) => CROCKFORD[parseInt(five, 2)]).join("");
}

// Case, spaces and hyphens are ignored; O is read as 0, I and L as 1.
function normalCode(text) {
  const bare = text.toUpperCase().replace(/[\s\p{Pd}]/gu, "");
  return bare.replaceAll("O", "0").replace(/[IL]/g, "1");
}

// "none", "unfinished" with a hint for the officer, "wrong" or "right".
function compareCode(typed, inputs) {
  const code = normalCode(typed);
  if (code === "") return { state: "none", hint: "" };
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
