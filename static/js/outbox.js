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
let retry = null;
const turns = []; // undo, redo and bulk acts: each waits until all before it is saved
let turning = false;
let loading = 0; // requests for what the page shows

export const unsaved = () => ({ many: outbox.length, failing, known: versions.size > 0 });
const isBusy = () => loading > 0 || document.querySelector("form[data-list].htmx-request") !== null;
/** Whether another thing is about to be shown: nothing is decided about what is there until then. */
export const isTurning = () => turning || turns.length > 0 || isBusy();
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
  document.addEventListener("htmx:finally:request", () => queueMicrotask(turnAll)); // its marks are gone then
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

/** Send the body to the address, now or as soon as the server is there; `unseen`: no page shows it yet; `show` is given the answer. */
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
  const told = new URLSearchParams(body);
  told.set("place", "kept"); // another page shows nothing of it
  storage.set(nameOf({ address, key }), JSON.stringify({ address: path, body: String(told), sample, key, at }));
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
  if (turns.length) turnAll();
  else if (!goAway()) tell("none");
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
  if (answer.ok && one.show && !outbox.some(({ sample }) => sample === one.sample)) one.show(one.text);
  if (answer.status === 409) showConflict(one);
  else if (!answer.ok) toast(`Sample ${one.sample}: this was refused and not saved.`, { bad: true });
  tell("arrived", one);
  tell("change");
}

async function post(one) {
  try {
    const headers = { "Idempotency-Key": one.key, ...(one.show && { "HX-Request": "true" }) };
    const answer = await fetch(one.address, { method: "POST", body: one.body, headers, keepalive: true, redirect: "manual" });
    if (answer.ok && one.show) one.text = await answer.text();
    return answer;
  } catch {
    return null;
  }
}

/** Both sides, as the server tells them; asking again changes nothing, the version is old. */
function showConflict({ address, body, where = "queue" }) {
  const values = { ...Object.fromEntries(body), place: where };
  askFor("POST", address, { target: "#toasts", swap: "beforeend", values });
}

/** A request with a queue of its own: of those of one element HTMX keeps two, and drops the third. */
export async function askFor(method, address, more) {
  const source = document.body.appendChild(document.createElement("div"));
  source.hidden = true;
  try {
    await window.htmx.ajax(method, address, { source, ...more });
  } finally {
    source.remove();
  }
}

/** Ask for all that the page is to show now. */
export async function load(address) {
  loading += 1;
  try {
    await askFor("GET", address, { target: "#main", headers: { "HX-Target": "main#main" } });
  } finally {
    loading -= 1;
    turnAll();
  }
}

// ---- undo, redo and bulk acts, in the order in which they were asked for ------------------------

function onSubmit(event) {
  const { target: form, submitter } = event;
  const path = new URL(form.action).pathname;
  if (form.dataset.goes) return;
  if (/\/(undo|redo)$/.test(path)) waitWith(event, [form, submitter]);
  else if (form.matches("[data-list]") && isTurning()) stop(event);
  else if (form.matches("[data-list]") && outbox.length) waitWith(event, [form, submitter]);
  else if (path === "/logout" && outbox.length) {
    if (!confirm(`${waiting()} in this browser and not saved yet. Log out and lose them?`)) event.preventDefault();
    else giveUp();
  }
}

/** What was pressed too early: it would be about what comes, not about what is shown. */
export function stop(event) {
  event?.preventDefault();
  event?.stopImmediatePropagation();
  say("One moment: what was asked for before is not done yet.");
}

function waitWith(event, turn) {
  event.preventDefault();
  event.stopImmediatePropagation();
  turns.push(turn);
  if (outbox.length) say("It waits until all before it is saved.");
  turnAll();
}

async function turnAll() {
  if (turning) return;
  turning = true;
  let again = false;
  const many = turns.length;
  try {
    while (turns.length && !outbox.length && !isBusy()) again = (await turn(...turns[0])) || again;
  } finally {
    turning = false; // or no key would decide any more
  }
  if (turns.length || outbox.length || isBusy() || goAway()) return;
  if (again) readAgain();
  else if (many) tell("none");
}

/** A list or a sample is shown as it is now; other pages are asked for as a whole. */
function readAgain() {
  const here = location.pathname + location.search;
  if (document.querySelector("form[data-list], #main [data-sample]")) load(here);
  else location.replace(here);
}

/** Do the first of them; true when the page has to be read again. */
async function turn(form, button) {
  const next = location.pathname + location.search;
  const shows = document.querySelector("#main [data-card], #main .nothing[data-here]"); // the queue shows what is undone
  try {
    if (shows) await askFor("POST", form.action, { target: "#main", values: { next } });
    else if (form.matches("[data-list]") || document.querySelector("form[data-guard]")) submit(form, button);
    else return await post({ address: form.action, body: new URLSearchParams({ next }), key: newKey() }).then(isTurned);
  } finally {
    turns.shift();
  }
  return false;
}

function submit(form, button) {
  form.dataset.goes = "yes";
  if (form.isConnected) form.requestSubmit(button);
  delete form.dataset.goes;
}

function isTurned(answer) {
  if (answer?.type === "opaqueredirect") return true;
  toast(answer ? "This was refused: nothing was undone or done again." : "The server cannot be reached. Nothing was undone or done again.", { bad: true });
  return false;
}

// ---- leaving -----------------------------------------------------------------------------------

/** Go to another page once all is saved. */
export function leave(address) {
  leaving = address;
  if (failing || !(outbox.length || isTurning())) goAway();
}

function goAway() {
  if (!leaving) return false;
  location.assign(leaving);
  leaving = "";
  return true;
}

/** What is on its way arrives before another page of this sample is read. */
function onLink(event) {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  const opens = event.ctrlKey || event.metaKey || event.shiftKey || link?.target;
  if (!link || opens || event.defaultPrevented || !(outbox.length || isTurning()) || failing) return;
  event.preventDefault();
  leaving = link.href;
}

function giveUp() {
  for (const one of outbox.splice(0)) storage.remove(nameOf(one));
  failing = null;
  tell("change");
}
