// Files go up as raw bytes with the bytes that have really left: small ones in one request, large ones in parts.
const SVG = "http://www.w3.org/2000/svg";
const PART_FROM = 8 * 1024 * 1024;
const KEPT = "Stopped. What has arrived is kept: choose the same file again to go on, or discard it.";

export function startUploads() {
  for (const form of document.querySelectorAll("form[data-upload]")) start(form);
}

function start(form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop]");
  const picked = form.querySelector("[data-picked]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) send(form, [...input.files]);
  });
  if (!zone) return;
  input.addEventListener("change", () => send(form, [...input.files]));
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over-zone"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over-zone"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) send(form, [...event.dataTransfer.files]);
  });
  // A file that misses the zone must not replace the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  if (picked) picked.hidden = true;
}

async function send(form, files) {
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const leave = (event) => event.preventDefault();
  window.addEventListener("beforeunload", leave);
  let location = null;
  for (const file of files) {
    const row = progress(form, file.name);
    try {
      const inParts = form.dataset.parts && file.size > PART_FROM;
      location = (await (inParts ? sendParts(form, file, row) : post(form.action, file, row))).location ?? location;
      row.say("Sent");
    } catch (error) {
      location = null;
      row.fail(error.message);
      break;
    }
  }
  window.removeEventListener("beforeunload", leave);
  delete form.dataset.sending;
  form.querySelector("input[type=file]").value = "";
  if (location) window.location.assign(files.length > 1 && form.dataset.several ? form.dataset.several : location);
}

function post(address, file, row) {
  const cancelled = new Error("Cancelled. Nothing was kept.");
  const hooks = { cancelled, broken: new Error("The connection broke. Nothing was kept; send it again.") };
  return ask("POST", address, file, { "X-Filename": encodeURIComponent(file.name), "Idempotency-Key": key() }, row, {
    ...hooks, progress: (event) => row.show(event.loaded, event.total || file.size), sent: () => row.say("Storing safely…"),
  });
}

/** A large file, part by part. What arrived is kept: the same file goes on where it stopped, even after a reload. */
async function sendParts(form, file, row) {
  const same = `${form.action} ${file.name} ${file.size} ${file.lastModified}`;
  let begun = await announce(form, file, row, await digest(new TextEncoder().encode(same)) || encodeURIComponent(same).slice(-190));
  if (["waiting", "checking", "checked"].includes(begun.state)) return { location: `${form.action}/${begun.id}` };
  if (begun.state !== "sending" || !(await isSame(file, begun))) begun = await announce(form, file, row, key());
  const held = new Set(begun.held.map((part) => part.number));
  for (let number = 1; number <= begun.parts; number += 1) {
    const start = (number - 1) * begun.part_bytes;
    if (!held.has(number)) await putPart(`${form.dataset.parts}/${begun.id}/parts/${number}`, file.slice(start, start + begun.part_bytes), start, file.size, row);
    row.show(Math.min(start + begun.part_bytes, file.size), file.size);
  }
  row.say("Storing safely…");
  return insist(() => ask("POST", `${form.action}/${begun.id}/complete`, null, {}, row), row);
}

function announce(form, file, row, name) {
  const wish = JSON.stringify({ bytes: file.size, filename: file.name.slice(0, 255) });
  return insist(() => ask("POST", `${form.dataset.parts}/parts`, wish, { "Content-Type": "application/json", "Idempotency-Key": name }, row), row);
}

/** Whether the first part that is held is a part of this file. Pages without https cannot tell, and trust its name, size and date. */
async function isSame(file, begun) {
  const part = begun.held[0];
  if (!part) return true;
  const start = (part.number - 1) * begun.part_bytes;
  const found = await digest(await file.slice(start, start + begun.part_bytes).arrayBuffer());
  return !found || found === part.sha256;
}

async function putPart(address, blob, start, size, row) {
  const data = await blob.arrayBuffer();
  const headers = { "Content-Type": "application/octet-stream", "Content-SHA256": await digest(data) };
  await insist(() => ask("PUT", address, data, headers, row, { progress: (event) => row.show(start + event.loaded, size) }), row);
}

/** Do it again while the connection is broken or the server is busy; give up only when it is refused or cancelled. */
async function insist(act, row) {
  for (let pause = 1000; ; pause = Math.min(2 * pause, 15000)) {
    try {
      return await act();
    } catch (error) {
      if (!error.passing) throw error;
      row.wait("The connection is lost. What has arrived is kept; trying again…");
      await new Promise((done) => { setTimeout(done, pause); row.cancel.addEventListener("click", done, { once: true }); });
      if (row.cancelled) throw new Error(KEPT);
    }
  }
}

function ask(method, address, body, headers, row, hooks = {}) {
  return new Promise((resolve, reject) => {
    const passing = () => reject(hooks.broken ?? Object.assign(new Error(KEPT), { passing: true }));
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries({ Accept: "application/json", "Content-Type": "application/octet-stream", ...headers })) if (value) request.setRequestHeader(name, value);
    if (hooks.progress) request.upload.onprogress = hooks.progress;
    if (hooks.sent) request.upload.onload = hooks.sent;
    request.onload = () => {
      if (!hooks.broken && (request.status >= 500 || request.status === 429 || request.status === 408)) return passing();
      if (request.status >= 400) return reject(new Error(reason(request)));
      try { return resolve(JSON.parse(request.responseText)); } catch { return resolve({ location: request.responseURL }); }
    };
    request.onerror = passing;
    row.cancel.addEventListener("click", () => { request.abort(); reject(hooks.cancelled ?? new Error(KEPT)); });
    if (row.cancelled) return reject(hooks.cancelled ?? new Error(KEPT));
    return request.send(body);
  });
}

async function digest(data) {
  if (!crypto.subtle) return "";
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function reason(request) {
  try { return JSON.parse(request.responseText).detail; } catch { /* a page, or nothing */ }
  // Trusted Types forbid parsing the page, so its message is found in the text.
  const found = /data-message>([^<]+)</.exec(request.responseText)?.[1];
  if (found) return found.replaceAll("&#39;", "'").replaceAll("&#34;", '"').replaceAll("&amp;", "&").trim();
  return `The server refused it (${request.status}).`;
}

function key() {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

function progress(form, name) {
  const place = form.querySelector("[data-upload-progress]");
  place.hidden = false;
  const row = make("div", "sending", place);
  const line = make("div", "row small", row);
  make("b", "untrusted", line).textContent = name;
  const said = make("span", "quiet", line);
  said.setAttribute("role", "status");
  make("span", "spacer", line);
  const cancel = make("button", "button plain", line);
  cancel.type = "button";
  cancel.textContent = "Cancel";
  const bar = row.appendChild(document.createElementNS(SVG, "svg"));
  bar.setAttribute("class", "bar thick");
  bar.setAttribute("viewBox", "0 0 100 5");
  bar.setAttribute("preserveAspectRatio", "none");
  const [track, fill] = [0, 1].map(() => bar.appendChild(document.createElementNS(SVG, "rect")));
  track.setAttribute("width", "100");
  for (const rect of [track, fill]) rect.setAttribute("height", "5");
  fill.setAttribute("class", "fill");
  const shown = {
    cancel,
    cancelled: false,
    wait(text) { said.textContent = text; },
    show(done, total) {
      fill.setAttribute("width", String((100 * done) / Math.max(total, 1)));
      said.textContent = `${size(done)} of ${size(total)}`;
    },
    say(text) { said.textContent = text; cancel.hidden = text === "Sent"; },
    fail(text) {
      said.textContent = text;
      said.setAttribute("role", "alert");
      said.className = "";
      row.classList.add("notice", "bad");
      cancel.hidden = true;
      bar.remove();
    },
  };
  cancel.addEventListener("click", () => { shown.cancelled = true; });
  return shown;
}

function size(bytes) {
  for (const [unit, much] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) if (bytes >= much) return `${(bytes / much).toFixed(1)} ${unit}`;
  return `${bytes} B`;
}

function make(tag, classes, parent) {
  const element = document.createElement(tag);
  element.className = classes;
  return parent.appendChild(element);
}
