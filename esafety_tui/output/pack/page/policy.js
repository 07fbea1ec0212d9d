// The flowchart and the policy that the incident followed. Its first entry names both files by
// their hash. One that is absent is told, not refused: every answer holds the words it was shown.

const FOLLOWED = [
  ["data/procedure.toml", "procedure", "Flowchart followed"],
  ["data/profile.toml", "policy", "School's policy"],
];
const ANSWER_TYPES = ["answer", "answer.changed", "gate"];

function checkPolicy(pack, found) {
  const [opened] = found.records;
  const named = opened.fields;
  found.followed = FOLLOWED.map(([name, field, label]) => {
    const wanted = named.get(field);
    const here = pack.expected.has(name);
    const same = !here || pack.expected.get(name) === wanted;
    must(same, name, "is not the file that the first entry of the incident names");
    const hash = isHash(wanted) ? `SHA-256 ${wanted}, by the first entry` : "no entry names it";
    return [label, here ? `${name}, ${hash}` : `its file is not in the pack; ${hash}`];
  });
  const other = ({ fields }) => FOLLOWED.some(
    ([, field]) => fields.has(field) && fields.get(field) !== named.get(field),
  );
  const others = found.records.filter((r) => ANSWER_TYPES.includes(r.type) && other(r));
  if (others.length === 0) return;
  const entries = others.map((record) => record.seq).join(", ");
  found.followed.push(["Entries that name another flowchart or policy", entries]);
}
