/* What every page needs: focus on what must be read, one sending per form, words when the network fails.
   Every page works without it; drafts are in draft.js, photos in photos.js. ES2017, no modules, nothing evaluated. */
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  /* Errors get the focus; good news is said in the live region, which must exist before the text enters it. */
  function announce(text) {
    const live = document.getElementById('live');
    if (!live || !text) return;
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 100);
  }
  function meet(root) {
    const urgent = all('[role=alert][tabindex]:not([hidden])', root)[0];
    if (urgent) urgent.focus();
    const news = all('.flash[role=status]', root)[0];
    if (news && !urgent) announce(news.textContent.trim());
  }

  /* A second press while the first is under way sends nothing. The button stays enabled, so its value is sent. */
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.sent = '1';
    form.setAttribute('aria-busy', 'true');
    setTimeout(() => { if (event.defaultPrevented && !form.hasAttribute('data-htmx-powered')) release(form); });
    setTimeout(() => release(form), 15000);
  }, true);
  function release(form) {
    delete form.dataset.sent;
    form.removeAttribute('aria-busy');
  }
  function releaseAll() { all('form[data-sent]').forEach(release); }
  window.addEventListener('pageshow', (event) => { if (event.persisted) releaseAll(); });
  document.addEventListener('htmx:finally:request', releaseAll);

  /* The network fails, or the other side does: say so where it is seen; nothing that was typed is touched. */
  function trouble(kind, words) {
    const box = document.getElementById('trouble');
    if (!box) return;
    box.textContent = words || box.dataset[kind];
    box.hidden = false;
    box.scrollIntoView({ block: 'nearest' });
  }
  /* A whole error page that answers htmx is not put into a part of this one: its title and reason are said here. */
  document.addEventListener('htmx:after:request', (event) => {
    const ctx = event.detail.ctx;
    if (ctx.response.status < 400 || !/^\s*<!doctype/i.test(ctx.text)) return;
    event.preventDefault();
    const page = new DOMParser().parseFromString(ctx.text, 'text/html');
    const said = all('[data-failed] h1, [data-failed] .blank p', page).map((node) => node.textContent.trim());
    trouble('failed', said.join(' '));
  });
  document.addEventListener('htmx:error', () => trouble(navigator.onLine === false ? 'offline' : 'failed'));
  document.addEventListener('htmx:response:error', (event) => {
    if (event.detail.ctx.response.status >= 500) trouble('failed');
  });
  document.addEventListener('htmx:before:request', () => {
    const box = document.getElementById('trouble');
    if (box) box.hidden = true;
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const target = event.detail.ctx.target;
    const there = target instanceof Element ? document.getElementById(target.id) : document.querySelector(target);
    if (there && event.detail.ctx.swap !== 'none') meet(there);
  });

  document.addEventListener('change', (event) => {
    const field = event.target;
    const shows = field.closest('[data-shows]');
    if (shows) shows.dataset.shows.split(' ').forEach((id) => { document.getElementById(id).type = field.checked ? 'text' : 'password'; });
    if (field.matches('[data-submit]')) field.form.requestSubmit();
    const said = field.type === 'file' && field.parentElement.querySelector('[data-chosen]');
    if (said) said.textContent = field.files.length ? said.dataset.chosen.replace('{count}', field.files.length) : '';
  });

  document.addEventListener('DOMContentLoaded', () => meet(document));
  document.addEventListener('DOMContentLoaded', () => all('[data-shows]').forEach((label) => { label.hidden = false; }));
  window.anwang = { announce, trouble };
})();
