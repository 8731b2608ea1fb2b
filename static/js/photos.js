/* Shrinks photos on the phone to at most 2048 px before they are sent, where the browser can; where it cannot, or
   anything goes wrong, the photo is sent as it is and the server does the same. Acts on every
   <input type="file" accept="image/*">. Tells others by the event `photos:ready` on the input. ES2017, no modules. */
(function () {
  'use strict';
  const SIDE = 2048;
  const QUALITY = 0.85;
  const SMALL = 600 * 1024; // bytes; a photo of few pixels and few bytes is left alone
  const PATIENCE = 10000; // ms that a sending waits for the shrinking
  const INPUT = 'input[type=file][accept="image/*"]';
  const underWay = new WeakMap(); // form → promise of the shrinking
  const waiting = new WeakSet(); // forms that were sent meanwhile
  const runs = new WeakMap(); // input → number of its latest choice

  function canRefill() {
    try { return Boolean(new DataTransfer().items); } catch (old) { return false; }
  }
  if (!window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob || !canRefill()) return;

  const toBlob = (canvas) => new Promise((done) => { canvas.toBlob(done, 'image/jpeg', QUALITY); });
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  function bytesOf(blob) {
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = failed;
      reader.readAsArrayBuffer(blob);
    });
  }

  /* Newer browsers turn a photo upright by its EXIF note, older ones do not, and none says which it is.
     So ask with a picture of two pixels that says "turn me". */
  function note(orientation) {
    const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
    return new Uint8Array([0xff, 0xd8, 0xff, 0xe1, 0, tiff.length + 8, 0x45, 0x78, 0x69, 0x66, 0, 0].concat(tiff));
  }
  let asked = null;
  function turnsByItself() {
    if (!asked) {
      const canvas = document.createElement('canvas');
      canvas.width = 2;
      canvas.height = 1;
      canvas.getContext('2d').fillRect(0, 0, 2, 1);
      asked = toBlob(canvas)
        .then((plain) => createImageBitmap(new Blob([note(6), plain.slice(2)], { type: 'image/jpeg' })))
        .then((bitmap) => bitmap.width === 1);
    }
    return asked;
  }

  /* The EXIF orientation of a JPEG (1–8), read from its first bytes. */
  async function orientationOf(file) {
    const view = new DataView(await bytesOf(file.slice(0, 128 * 1024)));
    if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return 1;
    for (let at = 2; at + 12 < view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return inTiff(view, at + 10);
      if (view.getUint16(at) === 0xffda) break;
    }
    return 1;
  }
  function inTiff(view, start) {
    const little = view.getUint16(start) === 0x4949;
    const list = start + view.getUint32(start + 4, little);
    for (let entry = 0; entry < view.getUint16(list, little); entry += 1) {
      const at = list + 2 + entry * 12;
      if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little);
    }
    return 1;
  }

  function turn(pen, orientation, w, h) {
    const how = {
      2: [-1, 0, 0, 1, w, 0], 3: [-1, 0, 0, -1, w, h], 4: [1, 0, 0, -1, 0, h], 5: [0, 1, 1, 0, 0, 0],
      6: [0, 1, -1, 0, h, 0], 7: [0, -1, -1, 0, h, w], 8: [0, -1, 1, 0, 0, w],
    }[orientation];
    if (how) pen.setTransform(...how);
  }
  function draw(bitmap, orientation) {
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const w = Math.max(1, Math.round(bitmap.width * scale));
    const h = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = document.createElement('canvas');
    canvas.width = orientation > 4 ? h : w;
    canvas.height = orientation > 4 ? w : h;
    const pen = canvas.getContext('2d');
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    turn(pen, orientation, w, h);
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(bitmap, 0, 0, w, h);
    return canvas;
  }

  async function shrunk(file) {
    if (!/^image\//.test(file.type) || file.type === 'image/gif' || file.type === 'image/svg+xml') return file;
    const bitmap = await createImageBitmap(file);
    const fits = Math.max(bitmap.width, bitmap.height) <= SIDE;
    if (fits && file.size <= SMALL) return file;
    const orientation = (await turnsByItself()) ? 1 : await orientationOf(file);
    const canvas = draw(bitmap, orientation);
    if (bitmap.close) bitmap.close();
    const blob = await toBlob(canvas);
    canvas.width = 0; // old iPhones keep the memory otherwise
    if (!blob || (fits && blob.size >= file.size)) return file;
    const name = file.name.replace(/\.\w+$/, '') + '.jpg';
    return new File([blob], name, { type: 'image/jpeg', lastModified: file.lastModified });
  }

  async function shrinkAll(input, run) {
    const files = new DataTransfer();
    for (const file of Array.from(input.files)) {
      files.items.add(await shrunk(file).catch(() => file)); // one after another: two at once may not fit in a phone
    }
    if (runs.get(input) === run) input.files = files.files;
  }

  window.addEventListener('change', (event) => {
    const input = event.target;
    if (!input.matches || !input.matches(INPUT) || !input.files.length) return;
    const run = (runs.get(input) || 0) + 1;
    runs.set(input, run);
    const work = shrinkAll(input, run).catch(() => {}).then(() => {
      if (runs.get(input) !== run) return;
      if (underWay.get(input.form) === work) underWay.delete(input.form);
      input.dispatchEvent(new CustomEvent('photos:ready', { bubbles: true }));
    });
    if (input.form) underWay.set(input.form, work);
  });

  /* Sent while a photo is still being shrunk: wait, then send. Before all other listeners, so none of them sees it twice. */
  window.addEventListener('submit', (event) => {
    const form = event.target;
    const work = underWay.get(form);
    if (!work) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) return;
    waiting.add(form);
    form.setAttribute('aria-busy', 'true');
    const button = event.submitter || form.querySelector('button:not([type=button])');
    Promise.race([work, pause(PATIENCE)]).then(() => {
      underWay.delete(form);
      waiting.delete(form);
      form.removeAttribute('aria-busy');
      if (button) button.click(); else if (form.requestSubmit) form.requestSubmit(); else form.submit();
    });
  }, true);
})();
