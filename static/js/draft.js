/* A report that survives: its text in localStorage, its photos in IndexedDB, through a reload, a lost connection, and
   the camera that makes WeChat throw the page away. It is sent when the phone is online again, once, by its key.

   <form data-draft="report" data-draft-owner="(account id)" …>            a draft per account and name; the owner may
                                                                          stand on the body, for all forms of a page
     <input type="hidden" name="key" value="…">                            the key against double cards, kept with it
     <p role="status" data-draft-status hidden data-saved="… {time}" data-restored="…" data-offline="…"
        data-sending="…" data-refused="…"></p>                             all words come from the page
   <… data-draft-done="(key)">      on the page after success: that draft goes. A form without a key is never sent by
                                    itself; its draft goes with the good news (`.flash.ok`) that follows its sending
   <… data-draft-clear>             on a page: all drafts go; on a form (or data-sign-out): when it is sent
   Not kept: passwords, phone numbers, hidden fields but `data-keep`, whatever says data-draft-skip. ES2017, no modules. */
(function () {
  'use strict';
  const PREFIX = 'anwang.report.';
  const FORM = '[data-draft-owner] form[data-draft], form[data-draft][data-draft-owner]';
  const MAX_AGE = 7 * 24 * 3600 * 1000; // ms
  const RETRY = [3000, 15000, 60000]; // ms; the last repeats
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const idOf = (form) => PREFIX + form.closest('[data-draft-owner]').dataset.draftOwner + '.' + form.dataset.draft;
  const keyOf = (form) => (form.elements.key ? form.elements.key.value : '');
  const JUST_NOW = 120000; // ms between sending a form without a key and the page that tells the good news
  const opened = new WeakSet();
  const sending = new WeakSet();
  let restoring = false;

  /* --- text: synchronous, so that it is safe before the camera opens */
  const store = (() => { try { return window.localStorage; } catch (blocked) { return null; } })();
  function load(id) {
    try { return JSON.parse(store && store.getItem(id)); } catch (broken) { return null; }
  }
  function keep(id, draft) {
    try { store.setItem(id, JSON.stringify(draft)); return true; } catch (full) { return false; }
  }
  const ids = () => (store ? Object.keys(store).filter((key) => key.startsWith(PREFIX)) : []);

  /* --- photos */
  let base = null;
  function photos(mode, act) {
    base = base || new Promise((done, failed) => {
      const request = window.indexedDB.open('anwang-report', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('photos');
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    return base.then((db) => new Promise((done, failed) => {
      const change = db.transaction('photos', mode);
      const request = act(change.objectStore('photos'));
      change.oncomplete = () => done(request.result);
      change.onerror = change.onabort = () => failed(change.error);
    })).catch(() => undefined); // no place for photos here (a private window): the text is kept all the same
  }
  function bytesOf(file) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done({ name: file.name, type: file.type, modified: file.lastModified, bytes: reader.result });
      reader.onerror = failed;
      reader.readAsArrayBuffer(file);
    });
  }
  async function keepPhotos(form) {
    const kept = {};
    for (const input of fileInputs(form)) {
      kept[input.name] = await Promise.all(Array.from(input.files).map(bytesOf)).catch(() => []);
    }
    await photos('readwrite', (box) => box.put(kept, idOf(form)));
  }
  async function bringPhotosBack(form) {
    const kept = await photos('readonly', (box) => box.get(idOf(form)));
    for (const input of fileInputs(form)) {
      const files = (kept && kept[input.name]) || [];
      if (!files.length || input.files.length) continue;
      try {
        const carrier = new DataTransfer();
        files.forEach((file) => carrier.items.add(
          new File([file.bytes], file.name, { type: file.type, lastModified: file.modified })));
        input.files = carrier.files;
      } catch (old) { return; }
      announceChange(input);
    }
  }
  function announceChange(field) { // others want to know; a draft is not saved for being brought back
    restoring = true;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    restoring = false;
  }
  const fileInputs = (form) => Array.from(form.elements).filter((field) => field.type === 'file' && field.name);
  function sweepPhotos() {
    if (!window.indexedDB) return;
    photos('readonly', (box) => box.getAllKeys()).then((keys) => (keys || []).forEach((id) => {
      if (!load(id)) photos('readwrite', (box) => box.delete(id));
    }));
  }

  /* --- a form and its draft */
  const ticked = (field) => field.type === 'radio' || field.type === 'checkbox';
  function fieldsOf(form) {
    const never = ['file', 'password', 'tel', 'submit', 'button', 'image', 'reset'];
    return Array.from(form.elements).filter((field) => field.name && field.name !== 'key' && field.name[0] !== '_'
      && !never.includes(field.type) && !('draftSkip' in field.dataset)
      && (field.type !== 'hidden' || 'keep' in field.dataset));
  }
  function untouched(field) {
    if (ticked(field)) return field.checked === field.defaultChecked;
    if (field.options) {
      const preset = Array.from(field.options).findIndex((option) => option.defaultSelected);
      return field.selectedIndex === Math.max(preset, 0);
    }
    return field.value === field.defaultValue;
  }
  function save(form, sent) {
    const id = idOf(form);
    const fields = fieldsOf(form);
    const empty = fields.every(untouched) && fileInputs(form).every((input) => !input.files.length);
    if (!store || (empty && !sent && !load(id))) return;
    const values = {};
    fields.forEach((field) => {
      values[field.name] = values[field.name] || [];
      if (!ticked(field) || field.checked) values[field.name].push(field.value);
    });
    const draft = { saved: Date.now(), key: keyOf(form), sent: Boolean(sent && keyOf(form)), posted: Boolean(sent), values };
    if (keep(id, draft)) say(form, 'saved', draft);
  }
  function forget(id) {
    if (store) store.removeItem(id);
    if (window.indexedDB) photos('readwrite', (box) => box.delete(id));
  }
  function forgetAll() {
    ids().forEach(forget);
    if (window.indexedDB) photos('readwrite', (box) => box.clear());
  }
  function forgetKey(key) {
    ids().forEach((id) => { if (key && ((load(id) || {}).key === key || id.endsWith('.' + key))) forget(id); });
  }
  function forgetPosted() {
    ids().forEach((id) => {
      const draft = load(id) || {};
      if (draft.posted && !draft.key && Date.now() - draft.saved < JUST_NOW) forget(id);
    });
  }
  const refused = (form) => Boolean(form.querySelector('[aria-invalid=true]')) || 'draftRefused' in form.dataset;

  async function restore(form) {
    const draft = load(idOf(form));
    if (!draft) return;
    const pending = draft.sent && !refused(form);
    const folded = form.closest('details');
    if (folded) folded.open = true;
    if (form.elements.key && draft.key) form.elements.key.value = draft.key;
    fieldsOf(form).filter((field) => draft.values[field.name] && untouched(field) && !refused(form)).forEach((field) => {
      const values = draft.values[field.name];
      if (ticked(field)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
      announceChange(field);
    });
    if (!refused(form)) say(form, 'restored', draft);
    await bringPhotosBack(form);
    if (pending) resend(form, 0);
    else if (draft.posted) keep(idOf(form), Object.assign(draft, { sent: false, posted: false }));
  }

  function say(form, kind, draft) {
    const box = form.querySelector('[data-draft-status]');
    const words = box && (box.dataset[kind] || (kind === 'restored' && box.dataset.saved));
    if (!words) return;
    const two = (number) => String(number).padStart(2, '0');
    const at = new Date(draft ? draft.saved : Date.now());
    const text = words.replace('{time}', two(at.getHours()) + ':' + two(at.getMinutes()));
    box.hidden = false;
    if (box.textContent !== text) box.textContent = text; // a screen reader hears it once a minute at most
  }

  /* --- sending what could not be sent, or what nobody knows the fate of: the key makes it one card */
  async function resend(form, attempt) {
    const id = idOf(form);
    const draft = load(id);
    if (!draft || !draft.sent || sending.has(form)) return;
    if (navigator.onLine === false) { say(form, 'offline', draft); return; }
    sending.add(form);
    say(form, 'sending', draft);
    let answer = null;
    try {
      const response = await fetch(form.action, { method: 'POST', body: new FormData(form), credentials: 'same-origin' });
      answer = { status: response.status, url: response.url, text: await response.text() };
    } catch (lost) { /* tried again below */ }
    sending.delete(form);
    if (!answer || answer.status >= 500 || answer.status === 429) {
      say(form, 'offline', draft);
      setTimeout(() => resend(form, attempt + 1), RETRY[Math.min(attempt, RETRY.length - 1)]);
    } else if (answer.status >= 400) {
      keep(id, Object.assign(load(id) || draft, { sent: false }));
      say(form, 'refused', draft);
    } else arrive(draft, answer);
  }
  function arrive(draft, answer) {
    const page = new DOMParser().parseFromString(answer.text, 'text/html');
    const done = page.querySelector('[data-draft-done]');
    if (done && done.dataset.draftDone === draft.key) forgetKey(draft.key);
    window.location.assign(answer.url); // or the page to sign in again: then the draft stays
  }

  window.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.matches('[data-draft-clear], [data-sign-out]')) forgetAll();
    if (!form.matches(FORM)) return;
    save(form, true);
    if (!keyOf(form)) return;
    if (navigator.onLine !== false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(form, 'offline');
  }, true);

  const draftForm = (target) => (target && target.form && target.form.matches(FORM) ? target.form : null);
  ['input', 'change'].forEach((kind) => document.addEventListener(kind, (event) => {
    const form = draftForm(event.target);
    if (!form || restoring) return;
    save(form, false);
    if (event.target.type === 'file') keepPhotos(form);
  }));
  document.addEventListener('photos:ready', (event) => {
    const form = draftForm(event.target);
    if (form) keepPhotos(form);
  });
  document.addEventListener('click', (event) => { // the camera is about to open, and the page may not live to see it close
    const form = event.target.type === 'file' && draftForm(event.target);
    if (form) save(form, false);
  }, true);
  window.addEventListener('online', () => all(FORM).forEach((form) => resend(form, 0)));
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    all(FORM).forEach((form) => {
      if (load(idOf(form))) resend(form, 0);
      else if (form.elements.key && !fieldsOf(form).every(untouched)) window.location.reload(); // sent: its key is used up
    });
  });

  function meet() {
    all('[data-draft-done]').forEach((mark) => forgetKey(mark.dataset.draftDone));
    if (document.querySelector('.flash.ok')) forgetPosted();
    if (all('[data-draft-clear]').some((mark) => mark.tagName !== 'FORM')) forgetAll();
    all(FORM).filter((form) => !opened.has(form)).forEach((form) => { opened.add(form); restore(form); });
  }
  document.addEventListener('DOMContentLoaded', () => {
    ids().forEach((id) => { if (Date.now() - ((load(id) || {}).saved || 0) > MAX_AGE) forget(id); });
    meet();
    if (document.querySelector(FORM + ', [data-draft-clear]')) sweepPhotos();
  });
  document.addEventListener('forms:shown', meet);
  document.addEventListener('htmx:after:swap', (event) => { // a form that htmx sent: a good answer is the good news
    const { response, request } = event.detail.ctx || {};
    if (request && request.method === 'POST' && response && response.status < 400) forgetPosted();
    meet();
  });
})();
