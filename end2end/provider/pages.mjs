// The pages people see: plain, small, with a label at every field.

/** Text from elsewhere, harmless. */
export function escape(text) {
  return String(text ?? "").replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Paragraphs are text, everything that is `{ html }` stands as it is. */
export function html(title, content) {
  const parts = content.filter(Boolean).map((part) => part.html ?? `<p>${escape(part)}</p>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; color: #1b1b1b }
  label { display: block; margin-top: 1rem }
  label input:not([type=checkbox]) { display: block; width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
  button { margin: 1.5rem .5rem 0 0; padding: .5rem 1.25rem; font: inherit }
  [role=alert] { color: #a80000 }
</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${parts.join("\n")}
</main>
</body>
</html>
`;
}

export function alert(text) {
  return text && { html: `<p role="alert">${escape(text)}</p>` };
}

/** User name and password. `hint` is what the field holds already. */
export function credentials({ label, hint, button, fields = {} }) {
  return {
    html: `<form method="post">
${hidden(fields)}<label>${escape(label)}<input name="username" type="text" autocomplete="username" required value="${escape(hint)}"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button name="do" value="sign-in">${escape(button)}</button>
</form>`,
  };
}

/** One button for who is signed in, one for somebody else. */
export function accounts(address) {
  return {
    html: `<form method="post">
<button name="do" value="continue">${escape(address)}</button>
<button name="do" value="another">Use another account</button>
</form>`,
  };
}

export function list(lines) {
  return { html: `<ul>${lines.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>` };
}

/** Tick boxes and two ways on. */
export function decision({ boxes = [], yes, no, fields = {} }) {
  const ticks = boxes.map(
    ({ name, value, text }) =>
      `<label><input type="checkbox" name="${escape(name)}" value="${escape(value)}" checked> ${escape(text)}</label>`,
  );
  return {
    html: `<form method="post">
${hidden(fields)}${ticks.join("\n")}
<button name="do" value="yes">${escape(yes)}</button>
<button name="do" value="no">${escape(no)}</button>
</form>`,
  };
}

/** The only way on. */
export function leave(label) {
  return { html: `<form method="post">\n<button name="do" value="leave">${escape(label)}</button>\n</form>` };
}

function hidden(fields) {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">\n`)
    .join("");
}
