// Files go up as raw bytes, one request a file, with the bytes that have really left.
const SVG = "http://www.w3.org/2000/svg";

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
      location = (await post(form.action, file, row)).location ?? location;
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
  if (location) window.location.assign(location);
}

function post(address, file, row) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("X-Filename", encodeURIComponent(file.name));
    request.setRequestHeader("Idempotency-Key", key());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => row.show(event.loaded, event.total || file.size);
    request.upload.onload = () => row.say("Storing safely…");
    request.onload = () => {
      if (request.status >= 400) return reject(new Error(reason(request)));
      try { return resolve(JSON.parse(request.responseText)); } catch { return resolve({ location: request.responseURL }); }
    };
    request.onerror = () => reject(new Error("The connection broke. Nothing was kept; send it again."));
    row.cancel.addEventListener("click", () => { request.abort(); reject(new Error("Cancelled. Nothing was kept.")); });
    request.send(file);
  });
}

function reason(request) {
  try { return JSON.parse(request.responseText).detail; } catch { /* a page, or nothing */ }
  // Trusted Types forbid parsing the page, so its message is found in the text.
  const found = /data-message>([^<]+)</.exec(request.responseText)?.[1];
  if (found) return found.replaceAll("&#39;", "'").replaceAll("&#34;", '"').replaceAll("&amp;", "&").trim();
  return `The server refused it (${request.status}).`;
}

function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
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
  return {
    cancel,
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
