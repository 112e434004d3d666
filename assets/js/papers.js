// Photos of papers: made smaller on the phone, then sent one by one with a bar. Without this file the forms are plain.
(function () {
  'use strict'
  var LONG = 2000 // pixels of the longer side, what the server keeps
  var QUALITY = 0.8
  var SMALL = 1024 * 1024 // bytes: such a file goes as it is, if it has no more pixels than that
  var WAITS = [2000, 6000] // milliseconds before it is tried once more on a line that broke

  function supported () { return window.createImageBitmap && window.DataTransfer && HTMLCanvasElement.prototype.toBlob }

  // The same file where it is no photo, or where the browser cannot read it: the server says what to do then.
  function smaller (file) {
    if (!/^image\//.test(file.type)) return Promise.resolve(file)
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, LONG / Math.max(picture.width, picture.height))
      if (scale === 1 && file.size <= SMALL) return file
      var canvas = document.createElement('canvas')
      canvas.width = Math.max(1, Math.round(picture.width * scale))
      canvas.height = Math.max(1, Math.round(picture.height * scale))
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
      picture.close()
      return new Promise(function (resolve) { canvas.toBlob(resolve, 'image/jpeg', QUALITY) }).then(function (blob) {
        canvas.width = canvas.height = 0 // a cheap phone needs the memory at once
        if (!blob || blob.size >= file.size) return file
        return new File([blob], file.name.replace(/\.[^.]*$/, '') + '.jpg', { type: 'image/jpeg' })
      })
    }).catch(function () { return file })
  }

  function put (input, files) {
    var held = new DataTransfer()
    files.forEach(function (file) { held.items.add(file) })
    input.files = held.files
  }

  function newKey () { // as crypto.randomUUID(), which some browsers have on encrypted pages only
    var bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = (bytes[6] & 15) | 64
    bytes[8] = (bytes[8] & 63) | 128
    return [].map.call(bytes, function (byte) { return (byte + 256).toString(16).slice(1) }).join('')
  }

  function megabytes (bytes) { return (bytes / 1048576).toFixed(1).replace('.', ',') + ' MB' }

  // ---- a form that is sent whole: the photo is made smaller where it stands

  function shrinkInPlace (input) {
    var form = input.form
    form.shrinking = (form.shrinking || Promise.resolve()).then(function () {
      var files = [].slice.call(input.files)
      return Promise.all(files.map(smaller)).then(function (made) {
        if (made.some(function (file, at) { return file !== files[at] })) put(input, made)
      })
    })
  }

  function waitForShrinking (event) {
    var form = event.target
    if (!form.shrinking) return
    event.preventDefault()
    event.stopImmediatePropagation()
    var button = event.submitter
    form.shrinking.then(function () {
      form.shrinking = null
      form.requestSubmit(button)
    })
  }

  // ---- a form of papers: each file goes by itself to the address of its paper

  function line (place, file) {
    var list = place.querySelector('.sending')
    if (!list) {
      list = document.createElement('ul')
      list.className = 'govuk-list sending'
      list.setAttribute('aria-live', 'polite')
      place.append(list)
    }
    var item = document.createElement('li')
    var name = document.createElement('b')
    var words = document.createElement('span')
    var bar = document.createElement('progress')
    name.textContent = file.name
    bar.max = 1
    bar.value = 0
    bar.setAttribute('aria-label', file.name)
    item.append(name, ' ', words, bar)
    list.append(item)
    item.say = function (text, kind) {
      words.textContent = text
      if (kind) { bar.remove(); item.className = kind }
    }
    item.bar = bar
    return item
  }

  function post (job, item) {
    return new Promise(function (resolve) {
      var request = new XMLHttpRequest()
      var body = new FormData()
      body.append('csrf_token', job.form.querySelector('[name=csrf_token]').value)
      body.append('once', job.once)
      body.append(job.input.name, job.made, job.made.name)
      request.open('POST', job.address)
      request.upload.onprogress = function (event) { if (event.lengthComputable) item.bar.value = event.loaded / event.total }
      request.onload = function () { resolve(request) }
      request.onerror = request.ontimeout = function () { resolve(null) }
      request.timeout = 120000
      request.send(body)
    })
  }

  function tried (job, item, again) {
    return post(job, item).then(function (answer) {
      if (answer || again >= WAITS.length) return answer
      return new Promise(function (resolve) { setTimeout(resolve, WAITS[again]) }).then(function () { return tried(job, item, again + 1) })
    })
  }

  function freshen (page) {
    page.querySelectorAll('[data-fresh]').forEach(function (part) {
      var old = document.getElementById(part.id)
      if (old) old.replaceWith(document.importNode(part, true))
    })
  }

  // What the answer says: added, refused and why, or that the sign-in is over.
  function read (job, item, answer) {
    var form = job.form
    if (!answer) {
      item.say(form.dataset.wordLost, 'problem')
      return 'lost'
    }
    var page = new DOMParser().parseFromString(answer.responseText, 'text/html')
    if (answer.status < 400 && !page.getElementById(job.input.id)) {
      window.location.assign(answer.responseURL) // to the sign-in, or to a case that was finished meanwhile
      return 'gone'
    }
    freshen(page)
    if (answer.status < 400) {
      item.say(form.dataset.wordDone + (job.made === job.file ? '' : ' · ' + megabytes(job.file.size) + ' → ' + megabytes(job.made.size)), 'done')
      return 'done'
    }
    var why = page.getElementById(job.input.id + '-error') || page.querySelector('main h1')
    var unseen = why && why.querySelector('.govuk-visually-hidden')
    if (unseen) unseen.remove()
    item.say(form.dataset.wordRefused + ': ' + (why ? why.textContent.trim() : ''), 'problem')
    return 'refused'
  }

  function send (job) {
    var item = job.item
    item.say(job.form.dataset.wordSmaller)
    return smaller(job.file).then(function (made) {
      job.made = made
      item.say(job.form.dataset.wordSending + ' · ' + megabytes(made.size))
      return tried(job, item, 0)
    }).then(function (answer) { job.end = read(job, item, answer) })
  }

  function chosen (form) {
    var jobs = []
    form.querySelectorAll('[data-upload-to] input[type=file]').forEach(function (input) {
      [].slice.call(input.files).forEach(function (file) {
        var known = input.onces = input.onces || {}
        var which = [file.name, file.size, file.lastModified].join('/')
        known[which] = known[which] || newKey()
        jobs.push({ form: form, input: input, file: file, once: known[which], address: input.closest('[data-upload-to]').dataset.uploadTo })
      })
    })
    return jobs
  }

  function upload (event) {
    var form = event.target
    if (form.busy) return event.preventDefault()
    var jobs = chosen(form)
    if (!jobs.length) return
    event.preventDefault()
    form.busy = true
    form.querySelectorAll('.sending').forEach(function (old) { old.remove() })
    var button = event.submitter
    jobs.forEach(function (job) { job.item = line(job.input.closest('[data-upload-to]'), job.file) })
    jobs.reduce(function (before, job) { return before.then(function () { return send(job) }) }, Promise.resolve()).then(function () {
      form.busy = false
      form.querySelectorAll('[data-upload-to] input[type=file]').forEach(function (input) {
        // What did not arrive stays chosen; the same key goes with it, so that it is there once.
        put(input, jobs.filter(function (job) { return job.input === input && job.end === 'lost' }).map(function (job) { return job.file }))
      })
      var well = jobs.every(function (job) { return job.end === 'done' })
      if (well && button && !button.hasAttribute('formaction') && form.querySelector('[formaction]')) form.requestSubmit(button)
    })
  }

  if (!supported()) return
  document.querySelectorAll('form[data-upload]').forEach(function (form) {
    form.querySelectorAll('[data-upload-to] input[type=file]').forEach(function (input) { input.multiple = true })
    form.addEventListener('submit', upload)
  })
  document.querySelectorAll('form:not([data-upload]) input[type=file][accept*="image"]').forEach(function (input) {
    input.addEventListener('change', function () { shrinkInPlace(input) })
    input.form.addEventListener('submit', waitForShrinking, true)
  })
})()
