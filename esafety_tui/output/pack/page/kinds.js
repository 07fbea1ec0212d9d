// format.md section 5: of which kind fields are, where a record has them.
const FIELD_KINDS = new Map(`
screenshot exhibit:text sha256:text blob:text media:text name:text producer:text description:text provenance:text size:number step:text
file exhibit:text sha256:text blob:text media:text name:text producer:text description:text provenance:text size:number step:text
url url:text concern:text how_known:text producer:text step:text
form.rendered version:number entries:numbers checkpoint:text sha256:text pdf:text blob:text officers:texts order:texts directory:texts images:numbers check_code:text thoughts:truth missing:texts reason:text
form.signed version:number officer:text sha256:text pdf:text blob:text
incident.opened reference:text recipient:text named_officers:texts named_others:text linked:text restricted:truth words_only:truth procedure:text procedure_name:text policy:text profile:text
incident.restricted named_officers:texts recipient:text eligible:texts reason:text
stop blobs:texts
frozen blobs:texts
released blob:text exhibit:text reference:text
pack.exported recipient:text purpose:text plain:truth exhibits:texts withheld:texts lacks:texts entries:number
hold.lifted holds:numbers reason:text
backup.made copy:text label:text created:text root:text read_back:text generation:number size:number files:number bytes:number left_out:number keys:truth
restored copy:text created:text root:text keys:text reason:text generation:number size:number left_out:texts
vault.created generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
generation.rotated generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
officer.enrolled generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
officer.removed generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
machine.enrolled generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
profile.adopted generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
shredded generation:number directory:text vault_recipient:text recipients:texts changes:texts reason:text left:texts
`.trim().split("\n").map((line) => {
  const [type, ...fields] = line.split(" ");
  return [type, fields.map((field) => field.split(":"))];
}));
const NEEDED = {
  "form.rendered": ["version", "sha256"], "form.signed": ["version", "officer", "sha256"],
};
const isKind = {
  text: isText,
  number: (value) => typeof value === "number",
  truth: (value) => typeof value === "boolean",
  texts: (value) => isList(value) && value.every(isText),
  numbers: (value) => isList(value) && value.every((row) => typeof row === "number"),
};

// What a record's fields are, as far as this page relies on them.
function checkKinds(item, type, fields, redacted) {
  for (const [name, kind] of FIELD_KINDS.get(type) || []) {
    const fits = !fields.has(name) || isKind[kind](fields.get(name));
    must(fits, item, `has a field ${name} of another kind`);
  }
  for (const name of redacted ? [] : NEEDED[type] || []) {
    must(fields.has(name), item, `has no field ${name}`);
  }
}
