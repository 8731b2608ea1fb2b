/* The board: arrows walk between cards, m opens a card's moves inside the card, a drag fills the page's one move form,
   and the board refreshes itself. It invents nothing: a card names its moves (`data-moves`) and which of them ask no
   question (`data-moves-direct`); the forms come from the card's own page, and all words from the page. Without it
   every move is a form there. */
(function () {
  'use strict';
  let dragged = null;
  let moved = null;
  const board = () => document.getElementById('board');
  const link = (card) => card.querySelector('.card-title a');
  const words = (text) => (text || '').split(' ').filter(Boolean);
  const cardOf = (node) => node instanceof Element && node.closest('#board [data-hazard]');
  const columnOf = (node) => node instanceof Element && node.closest('#board [data-column]');

  function focusCard(card) { if (card) { link(card).focus(); card.scrollIntoView({ block: 'nearest' }); } }

  function move(card, to) {
    const form = document.getElementById('move-form');
    if (!form || !words(card.dataset.movesDirect).includes(to)) {
      location.assign(link(card).pathname + '?to=' + encodeURIComponent(to));
      return;
    }
    moved = card.dataset.hazard;
    form.action = '/hazards/' + moved + '/moves';
    form.elements.to.value = to;
    form.elements.version.value = card.dataset.version;
    form.setAttribute('hx-headers', backHere());
    form.requestSubmit();
  }
  const backHere = () => JSON.stringify({ 'X-Board': location.pathname + location.search });

  /* In place: the foot of a card is a link to its moves; here the same forms are fetched into the card. One at a time. */
  const box = () => document.getElementById('card-moves');
  const FIELD = 'input:not([type=hidden]), select, textarea, button';
  async function open(card) {
    close(false);
    const foot = card.querySelector('.card-foot');
    const headers = { 'HX-Request': 'true', 'Accept': 'text/html' };
    const answer = await fetch(link(card).pathname + '/moves', { headers, cache: 'no-store', credentials: 'same-origin' })
      .catch(() => null);
    if (!answer) { window.anwang.trouble('offline'); return; }
    if (!answer.ok || answer.redirected) { location.assign(foot.href); return; }
    const text = await answer.text();
    if (box() || !card.isConnected) return;
    foot.setAttribute('aria-expanded', 'true');
    foot.insertAdjacentHTML('afterend', '<div id="card-moves" class="card-moves">' + text + '</div>');
    prepare();
    const first = starts()[0];
    if (first) first.focus(); else foot.focus();
    card.scrollIntoView({ block: 'nearest' });
  }
  function prepare() { // the answer to a form is the board, or the same forms with what is wrong
    const wrong = JSON.stringify({ target: '#card-moves', select: '[role=alert], #moves', swap: 'innerHTML' });
    box().querySelectorAll('form[action$="/moves"]:not([hx-post]), form[action$="/undos"]:not([hx-post])').forEach((form) => {
      const said = { 'hx-post': form.getAttribute('action'), 'hx-target': '#board', 'hx-select': '#board',
        'hx-swap': 'outerMorph', 'hx-headers': backHere(), 'hx-status:4xx': wrong };
      Object.keys(said).forEach((name) => form.setAttribute(name, said[name]));
    });
    htmx.process(box());
    document.dispatchEvent(new Event('forms:shown'));
  }
  function close(back) {
    const opened = box();
    if (!opened) return;
    const foot = cardOf(opened).querySelector('.card-foot');
    opened.remove();
    foot.removeAttribute('aria-expanded');
    if (!back) return;
    foot.focus();
    refresh().catch(() => {});
  }
  /* Where each offered move begins: the line that unfolds it, or its first field. */
  const starts = () => Array.from(box().querySelectorAll('form[data-move]')).map((form) => {
    const folded = form.closest('details');
    return folded ? folded.querySelector('summary') : form.querySelector(FIELD);
  });
  function choose(event) {
    const at = starts().findIndex((start) => start === event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const wanted = starts()[step ? at + step : Number(event.key) - 1];
    if (!step && !/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    if (!wanted) return;
    if (!step && wanted.matches('summary')) {
      wanted.parentElement.open = true;
      wanted.parentElement.querySelector('form').querySelector(FIELD).focus();
    } else wanted.focus();
  }
  document.addEventListener('click', (event) => {
    const foot = event.target.closest('#board .card-foot');
    const card = foot && cardOf(foot);
    if (!card || !card.dataset.moves || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (box() && card.contains(box())) close(true); else open(card);
  });
  document.addEventListener('submit', (event) => {
    if (box() && box().contains(event.target)) moved = cardOf(box()).dataset.hazard;
  });
  document.addEventListener('htmx:after:swap', () => { if (box()) prepare(); });

  /* Drag, with a mouse only. The columns that the card names light up; the others take nothing. */
  document.addEventListener('pointerdown', (event) => {
    const card = event.pointerType === 'mouse' && cardOf(event.target);
    if (card) card.draggable = Boolean(card.dataset.moves) && !event.target.closest('.moves, .card-moves');
  });
  document.addEventListener('dragstart', (event) => {
    dragged = cardOf(event.target);
    if (!dragged) return;
    event.dataTransfer.setData('text/plain', dragged.dataset.hazard);
    event.dataTransfer.effectAllowed = 'move';
    const moves = words(dragged.dataset.moves);
    board().querySelectorAll('[data-column]').forEach((column) => {
      column.classList.toggle('may-drop', moves.includes(column.dataset.column));
    });
  });
  const target = (event) => {
    const column = dragged && columnOf(event.target);
    return column && column.classList.contains('may-drop') ? column : null;
  };
  document.addEventListener('dragover', (event) => { if (target(event)) event.preventDefault(); });
  document.addEventListener('drop', (event) => {
    const column = target(event);
    if (!column) return;
    event.preventDefault();
    move(dragged, column.dataset.column);
  });
  document.addEventListener('dragend', () => {
    dragged = null;
    document.querySelectorAll('.may-drop').forEach((column) => column.classList.remove('may-drop'));
  });

  document.addEventListener('keydown', (event) => {
    const card = cardOf(event.target);
    const typing = event.target.matches('input, select, textarea');
    if (!card || event.ctrlKey || event.metaKey || event.altKey || (typing && event.key !== 'Escape')) return;
    const foot = card.querySelector('.card-foot');
    const moves = card.querySelector('details.moves');
    if (event.key === 'Escape') {
      if (typing) foot.focus(); // what was typed stays; a second Escape closes
      else if (moves && moves.open) { moves.open = false; focusCard(card); } else close(true);
      return;
    }
    if (event.key === 'm' && moves) {
      event.preventDefault();
      if (!moves.open) moves.querySelector('summary').click();
      moves.querySelector('summary').focus();
      return;
    }
    if (event.key === 'm' && foot) { event.preventDefault(); foot.click(); return; }
    if (box() && box().contains(event.target)) { choose(event); return; }
    const next = neighbour(card, event.key);
    if (next) { event.preventDefault(); focusCard(next); }
  });
  function neighbour(card, key) {
    const column = columnOf(card);
    const cards = (of) => Array.from(of.querySelectorAll('[data-hazard]'));
    const at = cards(column).indexOf(card);
    if (key === 'ArrowDown' || key === 'ArrowUp') return cards(column)[at + (key === 'ArrowDown' ? 1 : -1)];
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return null;
    const columns = Array.from(board().querySelectorAll('[data-column]')).filter((one) => one.offsetParent && cards(one).length);
    const beside = columns[columns.indexOf(column) + (key === 'ArrowRight' ? 1 : -1)];
    return beside && (cards(beside)[at] || cards(beside).pop());
  }

  /* Refresh: asks with the ETag it has, swaps by morph so that focus stays, says which cards have moved. It waits
     while nobody looks, while a card is held, and while moves are open, which a swap would close. */
  let etag = null;
  const places = () => {
    const found = new Map();
    const words = document.getElementById('board-message').dataset.moved || '{title} → {column}';
    board().querySelectorAll('[data-hazard], [data-closed]').forEach((card) => {
      const title = (link(card) || card.lastChild).textContent;
      const column = columnOf(card).querySelector('h2').textContent;
      found.set(card.dataset.hazard || card.dataset.closed, words.replace('{title}', title).replace('{column}', column));
    });
    return found;
  };
  function busy() { return document.hidden || dragged || box() || document.querySelector('#board .card details[open], form[data-sent]'); }
  async function refresh() {
    const root = board();
    if (!root || !root.dataset.refresh || busy()) return;
    const headers = { 'HX-Request': 'true', 'Accept': 'text/html' };
    if (root.dataset.etag || etag) headers['If-None-Match'] = root.dataset.etag || etag;
    const answer = await fetch(root.dataset.refresh, { headers, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
    if (answer.status !== 200) return;
    const text = await answer.text();
    if (board() !== root || busy()) return;
    etag = answer.headers.get('ETag');
    await htmx.swap({ sourceElement: root, target: root, swap: 'outerMorph', select: '#board', text });
  }
  let before = null;
  let held = null;
  document.addEventListener('htmx:before:swap', () => {
    before = board() && places();
    const card = cardOf(document.activeElement);
    held = moved || (card && card.dataset.hazard);
  });
  document.addEventListener('htmx:after:swap', (event) => {
    const response = event.detail.ctx.response;
    if (response && response.status >= 400) { // the message has the focus, not the card; the board shows what is now
      moved = before = null;
      if (!box()) setTimeout(() => refresh().catch(() => {}), 50);
    }
    if (!board() || !before) return;
    const after = places();
    const said = Array.from(after).filter(([id, text]) => before.has(id) && before.get(id) !== text).map(([, text]) => text);
    if (said.length) window.anwang.announce(said.slice(0, 3).join(', '));
    if (held && (moved || !board().contains(document.activeElement))) focusOn(held);
    moved = before = null;
  });
  function focusOn(id) { // a column that a phone does not show now is stood for by its tab
    const card = board().querySelector('[data-hazard="' + id + '"]') || board().querySelector('[data-closed="' + id + '"]');
    if (!card) return;
    if (!card.offsetParent) board().querySelector('[data-tab="' + columnOf(card).dataset.column + '"]').focus();
    else if (link(card)) focusCard(card); else card.focus();
  }
  setInterval(() => refresh().catch(() => {}), 20000);
  document.addEventListener('visibilitychange', () => refresh().catch(() => {}));
  window.anwang.refresh = refresh;
})();
