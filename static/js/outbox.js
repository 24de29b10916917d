// Decisions that are not saved yet: kept in this browser until they have arrived, each done once.
import { storage } from "./keys.js";
import { say, toast } from "./side.js";

const outbox = []; // oldest first
const versions = new Map(); // of the samples decided here, as the server told them
const heard = new Map();
const SOON = 5_000;
let place = ""; // where this person's decisions are kept; "" while nobody is logged in
let sending = false;
let failing = null; // since when nothing arrives
let why = "";
let last = 0;
let leaving = ""; // the page to go to when all is saved
const held = []; // undo and redo, as often as they were asked for, until all before them is saved
let retry = null;

export const unsaved = () => ({ many: outbox.length, failing, known: versions.size > 0 });
/** Be told when something is different: "change", "arrived" with what did, "none" at the end. */
export const onOutbox = (name, does) => heard.set(name, [...(heard.get(name) ?? []), does]);
const tell = (name, told) => heard.get(name)?.forEach((does) => does(told));
const time = (moment) => moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function startOutbox() {
  const person = document.body.dataset.person;
  if (!person) return;
  place = `unsaved/${encodeURIComponent(person)}/`;
  const banner = document.createElement("div");
  banner.id = "unsaved";
  banner.setAttribute("role", "alert");
  document.body.append(banner);
  onOutbox("change", () => { banner.textContent = failing ? `Not saved since ${time(failing)}. ${why} ${waiting()} in this browser.` : ""; });
  addEventListener("beforeunload", (event) => { if (failing || outbox.length > 1) event.preventDefault(); });
  addEventListener("online", () => retry?.());
  addEventListener("submit", onSubmit, true);
  document.addEventListener("click", onLink);
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (sampleOf(ctx.request)) ctx.request.headers["Idempotency-Key"] ??= newKey();
  });
  document.addEventListener("htmx:error", onError, true);
  takeUp();
}

const newKey = () => `queue-${[...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("")}`;
const sampleOf = (request) => request?.method === "POST" && new URL(request.action, location.href).pathname.match(/\/s\/(\d+)\/decision$/)?.[1];

/** A decision of a list or of a sample's page that found no server waits here like any other. */
function onError(event) {
  const request = event.detail.ctx?.request;
  const sample = sampleOf(request);
  if (!sample) return;
  event.stopImmediatePropagation();
  request.body.set("place", "kept");
  put({ address: request.action, body: request.body, sample, key: request.headers["Idempotency-Key"], unseen: true });
}

const waiting = () => (outbox.length === 1 ? "1 decision waits" : `${outbox.length} decisions wait`);

/** What an earlier page could not send; another tab may send it too, it is done once. */
function takeUp() {
  for (const name of storage.names(place)) {
    try {
      const { body, ...kept } = JSON.parse(storage.get(name));
      outbox.push({ ...kept, body: new URLSearchParams(body), earlier: true, unseen: true });
    } catch { storage.remove(name); /* not ours, or torn */ }
  }
  outbox.sort((one, other) => one.at - other.at);
  if (outbox.length) send();
}

/** Send the body to the address, now or as soon as the server is there; `unseen`: no page shows it yet. */
export function put(decision) {
  last = Math.max(Date.now(), last + 1);
  const one = { key: newKey(), at: last, ...decision };
  outbox.push(one);
  keep(one);
  tell("change");
  send();
}

// One entry each: of two tabs neither writes over what the other keeps. The query is not needed.
const nameOf = ({ address, key }) => `${place}${new URL(address, location.href).pathname.split("/")[2]}/${key}`;
const keep = ({ address, body, sample, key, at }) => {
  const path = new URL(address, location.href).pathname;
  storage.set(nameOf({ address, key }), JSON.stringify({ address: path, body: String(body), sample, key, at }));
};
async function send() {
  if (sending) return;
  sending = true;
  const late = [];
  for (let pause = 500; outbox.length; ) {
    const one = outbox[0];
    const known = versions.get(one.sample) ?? 0;
    if (known > Number(one.body.get("version"))) one.body.set("version", known);
    const answer = await post(one);
    if (outbox[0] !== one) continue; // it was given up meanwhile
    if (isToTryAgain(answer)) {
      failing ??= new Date();
      leaving = "";
      why = isLoggedOut(answer) ? "You are logged out: log in again in another tab." : "Retrying.";
      tell("change");
      await new Promise((resolve) => { retry = resolve; setTimeout(resolve, pause); });
      pause = Math.min(pause * 2, 5_000);
      continue;
    }
    failing = null;
    pause = 500;
    if (one.earlier && Date.now() - one.at > SOON) late.push(one);
    settle(one, answer);
  }
  sending = false;
  if (late.length) toast(`${late.length === 1 ? "1 decision that was" : `${late.length} decisions that were`} not saved before arrived now.`);
  if (leaving && !failing) {
    location.assign(leaving);
    return;
  }
  tell("none");
  for (const form of held.splice(0)) form.requestSubmit();
}

const isLoggedOut = (answer) => answer?.status === 401 || answer?.type === "opaqueredirect";
const isToTryAgain = (answer) => !answer || isLoggedOut(answer) || answer.status >= 500 || [408, 425, 429].includes(answer.status);

/** It has arrived: what follows about the same sample is about the version it made. */
function settle(one, answer) {
  outbox.shift();
  const version = Number(answer.headers.get("ETag")?.match(/v(\d+)/)?.[1] ?? 0);
  if (answer.ok && version) {
    versions.set(one.sample, version);
    for (const later of outbox.filter(({ sample }) => sample === one.sample)) {
      later.body.set("version", version);
      keep(later);
    }
  }
  storage.remove(nameOf(one));
  one.version = version;
  if (answer.status === 409) showConflict(one);
  else if (!answer.ok) toast(`Sample ${one.sample}: this was refused and not saved.`, { bad: true });
  tell("arrived", one);
  tell("change");
}

async function post({ address, body, key }) {
  try {
    const headers = { "Idempotency-Key": key };
    return await fetch(address, { method: "POST", body, headers, keepalive: true, redirect: "manual" });
  } catch {
    return null;
  }
}

/** Both sides, as the server tells them; asking again changes nothing, the version is old. */
function showConflict({ address, body }) {
  const values = { ...Object.fromEntries(body), place: "queue" };
  window.htmx.ajax("POST", address, { target: "#toasts", swap: "beforeend", values });
}

function onSubmit(event) {
  const form = event.target;
  if (!outbox.length) return;
  const path = new URL(form.action).pathname;
  if (/\/(undo|redo)$/.test(path)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(form);
    say("It waits until all before it is saved.");
  } else if (path === "/logout") {
    if (!confirm(`${waiting()} in this browser and not saved yet. Log out and lose them?`)) event.preventDefault();
    else giveUp();
  }
}

/** What is on its way arrives before another page of this sample is read. */
function onLink(event) {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  const opens = event.ctrlKey || event.metaKey || event.shiftKey || link?.target;
  if (!link || opens || event.defaultPrevented || !outbox.length || failing) return;
  event.preventDefault();
  leaving = link.href;
}

function giveUp() {
  for (const one of outbox.splice(0)) storage.remove(nameOf(one));
  failing = null;
  tell("change");
}
