/* Signing, and adding a device to sign with, by fingerprint or face (WebAuthn with PRF). Only on pages that ask for it.

   <form …> … <div data-passkey="/address of challenges" data-letters="7:digest" hidden><button type="button">
   <p data-says hidden></p></div>          signs what data-letters says, or what is ticked in the form as `letters`
   <div data-passkey-add="/address of challenges" hidden><form …> … <p data-says hidden></p></form></div>
   Without WebAuthn or https both stay hidden. The device's secret goes with the form and is then gone from the page.
   ES2017, no modules, nothing evaluated. */
(function () {
  'use strict';
  const root = document.documentElement;
  if (root.dataset.passkeys || !window.isSecureContext || !window.PublicKeyCredential || !navigator.credentials) return;
  root.dataset.passkeys = '1';
  const WAIT = 120000;

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
  }
  function text(buffer) {
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
    return btoa(signs).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  class Told extends Error {}

  async function ask(address, form, letters) {
    const body = new URLSearchParams();
    body.append('_csrf_token', form.elements._csrf_token.value);
    letters.forEach((one) => body.append('letters', one));
    const answer = await fetch(address, { method: 'POST', body, redirect: 'error', headers: { Accept: 'application/json' } });
    const found = await answer.json();
    if (!answer.ok) throw new Told(found.says);
    if (found.origin !== location.origin) throw new Told('');
    return found;
  }
  function named(ids) {
    return ids.map((one) => ({ type: 'public-key', id: bytes(one) }));
  }
  async function get(asked) {
    const salts = {};
    asked.passkeys.forEach((one) => { salts[one.id] = { first: bytes(one.salt) }; });
    return navigator.credentials.get({ publicKey: {
      challenge: bytes(asked.challenge), rpId: asked.rpId, timeout: WAIT, userVerification: 'required',
      allowCredentials: named(asked.passkeys.map((one) => one.id)), extensions: { prf: { evalByCredential: salts } },
    } });
  }
  function secret(credential) {
    const prf = credential.getClientExtensionResults().prf;
    return prf && prf.results && prf.results.first;
  }
  function plain(credential, names) {
    const response = {};
    names.forEach((name) => { response[name] = credential.response[name] ? text(credential.response[name]) : undefined; });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
  }
  function send(form, fields) {
    const made = Object.keys(fields).map((name) => {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name, value: fields[name] });
      return form.appendChild(field);
    });
    form.requestSubmit();
    made.forEach((field) => field.remove()); // what is sent was gathered by now
  }

  async function sign(box) {
    const form = box.closest('form');
    const [read, name, strokes] = ['read', 'name', 'strokes'].map((one) => form.elements.namedItem(one));
    const ticked = Array.from(form.querySelectorAll('[name=letters]:checked'), (one) => one.value);
    const letters = box.dataset.letters ? [box.dataset.letters] : ticked;
    const lacks = read && !read.checked ? read : name && !name.value.trim() && !(strokes && strokes.value) ? name : null;
    if (lacks || !letters.length) {
      if (lacks) lacks.focus();
      throw new Told(box.dataset.first);
    }
    const credential = await get(await ask(box.dataset.passkey, form, letters));
    const found = secret(credential);
    if (!found) throw new Told(box.dataset.without);
    send(form, { assertion: plain(credential, ['clientDataJSON', 'authenticatorData', 'signature']), prf: text(found) });
  }

  async function add(box, form) {
    const asked = await ask(box.dataset.passkeyAdd, form, []);
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes(asked.challenge), rp: { id: asked.rpId, name: asked.site },
      user: { id: bytes(asked.user), name: asked.name, displayName: asked.name },
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: 'public-key', alg })), timeout: WAIT, attestation: 'none',
      authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' },
      excludeCredentials: named(asked.known), extensions: { prf: { eval: { first: bytes(asked.salt) } } },
    } });
    const prf = made.getClientExtensionResults().prf;
    let found = secret(made);
    if (!found && prf && prf.enabled) { // some give it only when they are used
      found = secret(await get(Object.assign({}, asked, { passkeys: [{ id: made.id, salt: asked.salt }] })));
    }
    if (!found) throw new Told(box.dataset.without);
    send(form, { attestation: plain(made, ['clientDataJSON', 'attestationObject']), prf: text(found) });
  }

  async function run(box, act) {
    const says = box.querySelector('[data-says]');
    if (box.dataset.busy) return;
    box.dataset.busy = '1';
    says.hidden = true;
    try {
      await act();
    } catch (error) {
      const known = error.name === 'InvalidStateError' ? box.dataset.known : error.name === 'NotAllowedError' && box.dataset.cancelled;
      says.textContent = (error instanceof Told && error.message) || known || box.dataset.failed;
      says.hidden = false;
    }
    delete box.dataset.busy;
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-passkey] button');
    const box = button && button.closest('[data-passkey]');
    if (box) run(box, () => sign(box));
  });
  document.addEventListener('submit', (event) => {
    const box = event.target.closest('[data-passkey-add]');
    if (!box || event.target.querySelector('[name=attestation]')) return;
    event.preventDefault();
    run(box, () => add(box, event.target));
  }, true);

  function show() {
    document.querySelectorAll('[data-passkey][hidden], [data-passkey-add][hidden]').forEach((box) => {
      box.hidden = false;
      const form = box.closest('form');
      if (form) form.querySelectorAll('.btn.main:not([type=button])').forEach((button) => button.classList.remove('main'));
    });
  }
  document.addEventListener('htmx:after:swap', show);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show); else show();
})();
