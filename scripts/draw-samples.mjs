/**
 * Draws the sample photos of the local X, and writes keywords into them for the keyword labeler. Run it again after a
 * change: node scripts/draw-samples.mjs
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const FOLDER = fileURLToPath(new URL('../packages/local-x/samples/', import.meta.url))
const MOST_BYTES = 40_000

const picture = (inside) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">${inside}</svg>`

const gradient = (id, from, to) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`

const dog = picture(`
  <defs>${gradient('sky', '#bfe6f5', '#eaf7ee')}${gradient('grass', '#8ccf7e', '#5fae5c')}</defs>
  <rect width="800" height="600" fill="url(#sky)"/>
  <circle cx="672" cy="112" r="54" fill="#ffe08a"/>
  <g fill="#fff" opacity=".85"><ellipse cx="150" cy="112" rx="74" ry="24"/><ellipse cx="206" cy="94" rx="56" ry="28"/><ellipse cx="488" cy="74" rx="54" ry="17"/></g>
  <path d="M0 452 Q200 394 430 438 T800 420 V600 H0Z" fill="url(#grass)"/>
  <g fill="none" stroke="#4f9a4d" stroke-width="5" stroke-linecap="round"><path d="M92 536l-9-24m9 24l1-30m-1 30l11-22M694 546l-9-24m9 24l1-30m-1 30l11-22M612 492l-7-18m7 18l8-18"/></g>
  <ellipse cx="404" cy="552" rx="206" ry="22" fill="#3f8446" opacity=".45"/>
  <path d="M520 470 Q612 462 618 372 Q620 344 600 350 Q584 356 588 384 Q584 428 514 428Z" fill="#b8753a"/>
  <path d="M292 552 Q268 380 338 330 H470 Q540 380 516 552Z" fill="#c9854a"/>
  <path d="M352 400 Q404 372 456 400 Q470 480 440 552 H368 Q338 480 352 400Z" fill="#f6e3c8"/>
  <g fill="#c9854a"><ellipse cx="294" cy="520" rx="50" ry="40"/><ellipse cx="514" cy="520" rx="50" ry="40"/></g>
  <g fill="#d99a60"><rect x="346" y="430" width="46" height="120" rx="23"/><rect x="416" y="430" width="46" height="120" rx="23"/></g>
  <g fill="#f6e3c8"><ellipse cx="365" cy="544" rx="34" ry="19"/><ellipse cx="443" cy="544" rx="34" ry="19"/><ellipse cx="276" cy="548" rx="32" ry="16"/><ellipse cx="532" cy="548" rx="32" ry="16"/></g>
  <path d="M322 352 Q404 404 486 352 L482 378 Q404 426 326 378Z" fill="#d64550"/>
  <circle cx="404" cy="414" r="17" fill="#ffd75e" stroke="#d9a92e" stroke-width="4"/>
  <path d="M404 118 C510 118 532 206 522 276 C512 346 458 378 404 378 C350 378 296 346 286 276 C276 206 298 118 404 118Z" fill="#d99a60"/>
  <path d="M404 122 C424 160 428 214 424 252 H384 C380 214 384 160 404 122Z" fill="#f6e3c8"/>
  <path d="M312 146 C248 126 216 196 224 268 C230 320 268 330 284 296 C300 258 294 196 330 160Z" fill="#8a4f24"/>
  <path d="M496 146 C560 126 592 196 584 268 C578 320 540 330 524 296 C508 258 514 196 478 160Z" fill="#8a4f24"/>
  <ellipse cx="404" cy="312" rx="82" ry="62" fill="#f6e3c8"/>
  <path d="M378 338 Q404 352 430 338 V372 Q430 398 404 398 Q378 398 378 372Z" fill="#ef7f86"/>
  <path d="M404 350 V380" stroke="#d65f68" stroke-width="4" stroke-linecap="round"/>
  <path d="M404 300 V322 Q380 350 350 330 M404 322 Q428 350 458 330" fill="none" stroke="#5b3417" stroke-width="7" stroke-linecap="round"/>
  <path d="M372 272 Q404 256 436 272 Q436 304 404 308 Q372 304 372 272Z" fill="#3a2417"/>
  <ellipse cx="394" cy="274" rx="11" ry="5" fill="#8d7466"/>
  <g fill="#2d1c12"><ellipse cx="348" cy="232" rx="19" ry="23"/><ellipse cx="460" cy="232" rx="19" ry="23"/></g>
  <g fill="#fff"><circle cx="355" cy="224" r="7"/><circle cx="467" cy="224" r="7"/></g>
  <g fill="none" stroke="#8a4f24" stroke-width="7" stroke-linecap="round"><path d="M326 194 Q346 180 366 190"/><path d="M442 190 Q462 180 482 194"/></g>
`)

const leaf = (x, y, turn, size, fill = '#6fae5f') =>
  `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${size})"><path d="M0 0 C14 -34 60 -44 92 -22 C70 8 26 18 0 0Z" fill="${fill}"/><path d="M2 -1 Q44 -14 84 -21" fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="3"/></g>`

const bird = picture(`
  <defs>${gradient('sky', '#fff1d6', '#ffd9c4')}</defs>
  <rect width="800" height="600" fill="url(#sky)"/>
  <circle cx="150" cy="136" r="62" fill="#ffb88a" opacity=".8"/>
  <g fill="#fff" opacity=".6"><ellipse cx="620" cy="120" rx="88" ry="20"/><ellipse cx="676" cy="104" rx="56" ry="22"/></g>
  <path d="M-10 506 C180 474 420 498 810 430 L810 462 C430 530 190 508 -10 540Z" fill="#8b5e3c"/>
  <path d="M560 470 C620 420 640 380 700 352" fill="none" stroke="#8b5e3c" stroke-width="13" stroke-linecap="round"/>
  ${leaf(648, 392, -70, 1)}${leaf(690, 358, -12, 1.15, '#82bd6c')}${leaf(612, 428, 24, 0.9)}${leaf(120, 496, -52, 1.05)}${leaf(86, 500, -128, 0.85, '#82bd6c')}${leaf(742, 444, 30, 0.9, '#82bd6c')}
  <path d="M256 388 L96 446 L150 392 L78 380 L262 330Z" fill="#2f6fa8"/>
  <path d="M240 356 C246 240 344 176 440 190 C528 202 576 276 556 352 C536 432 458 476 376 464 C300 452 240 424 240 356Z" fill="#4a97d2"/>
  <path d="M548 300 C572 372 508 462 400 464 C372 464 350 460 330 450 C420 438 466 372 478 306Z" fill="#ffb357"/>
  <path d="M464 132 C456 98 432 86 410 88 C424 100 428 116 432 138Z M500 124 C500 88 482 68 458 66 C468 84 466 104 468 126Z" fill="#2f6fa8"/>
  <circle cx="494" cy="210" r="94" fill="#4a97d2"/>
  <path d="M468 296 C500 318 566 300 586 234 C556 214 500 232 468 296Z" fill="#fff3e0"/>
  <path d="M576 186 L668 212 L580 242Z" fill="#f29a2e"/>
  <path d="M577 213 L668 212 L580 242Z" fill="#d97f17"/>
  <circle cx="528" cy="188" r="23" fill="#fff"/><circle cx="534" cy="188" r="14" fill="#22313f"/><circle cx="539" cy="182" r="5" fill="#fff"/>
  <path d="M262 340 C280 276 356 262 424 300 C414 372 350 412 280 400 C256 396 252 368 262 340Z" fill="#2f6fa8"/>
  <g fill="none" stroke="#8cc0ea" stroke-width="7" stroke-linecap="round"><path d="M298 372 Q344 374 382 344"/><path d="M302 340 Q348 342 390 316"/></g>
  <g fill="none" stroke="#b9722a" stroke-width="10" stroke-linecap="round" stroke-linejoin="round"><path d="M392 460 V498 M372 508 L392 496 L414 508 M442 448 V490 M422 502 L442 489 L464 500"/></g>
  <g fill="#7a5134" stroke="#7a5134" stroke-width="6" stroke-linecap="round"><ellipse cx="694" cy="206" rx="11" ry="8" transform="rotate(-18 694 206)"/><path d="M704 202V158q18 2 20 22" fill="none"/><ellipse cx="738" cy="252" rx="9" ry="7" transform="rotate(-18 738 252)"/><path d="M746 249V214q14 2 16 18" fill="none"/></g>
`)

const plant = picture(`
  <defs>${gradient('wall', '#f4efe6', '#e9e0d1')}${gradient('pot', '#d9795a', '#b9573b')}</defs>
  <rect width="800" height="600" fill="url(#wall)"/>
  <g fill="#cfe6ee"><rect x="70" y="56" width="210" height="290" rx="10" stroke="#fff" stroke-width="16"/></g>
  <path d="M175 56V346M70 200H280" stroke="#fff" stroke-width="12"/>
  <path d="M78 300q50-40 90-8t104-18v64H78Z" fill="#a9d39a" opacity=".8"/>
  <rect y="486" width="800" height="114" fill="#c79a6b"/><rect y="486" width="800" height="14" fill="#dbb389"/>
  <ellipse cx="440" cy="548" rx="170" ry="18" fill="#8f6a45" opacity=".5"/>
  <g fill="none" stroke="#3f7d4a" stroke-width="9" stroke-linecap="round"><path d="M440 380 Q430 280 440 160"/><path d="M438 370 Q380 300 316 232"/><path d="M442 370 Q510 290 566 222"/><path d="M436 372 Q360 350 286 356"/><path d="M444 372 Q520 346 600 354"/></g>
  ${leaf(440, 172, -78, 1.5, '#4f9d5b')}${leaf(436, 236, -150, 1.45, '#62b06c')}${leaf(440, 214, -34, 1.45, '#62b06c')}
  ${leaf(332, 250, -138, 1.6, '#4f9d5b')}${leaf(376, 296, -96, 1.3, '#74bf7a')}${leaf(552, 238, -44, 1.6, '#4f9d5b')}${leaf(508, 292, -84, 1.3, '#74bf7a')}
  ${leaf(300, 356, 172, 1.45, '#62b06c')}${leaf(586, 354, 4, 1.45, '#62b06c')}${leaf(372, 352, -162, 1, '#4f9d5b')}${leaf(516, 350, -22, 1, '#4f9d5b')}
  <path d="M328 400 H552 L526 540 Q524 552 510 552 H370 Q356 552 354 540Z" fill="url(#pot)"/>
  <rect x="312" y="372" width="256" height="46" rx="12" fill="#e08a6b"/>
  <path d="M330 372 Q440 352 550 372Z" fill="#5b4030"/>
  <path d="M372 440 L384 528" stroke="#eba98f" stroke-width="10" stroke-linecap="round" opacity=".7"/>
  <g><circle cx="414" cy="470" r="8" fill="#5b2a1b"/><circle cx="470" cy="470" r="8" fill="#5b2a1b"/><path d="M424 492 Q442 510 460 492" fill="none" stroke="#5b2a1b" stroke-width="7" stroke-linecap="round"/><g fill="#f2a58d" opacity=".8"><circle cx="396" cy="488" r="11"/><circle cx="488" cy="488" r="11"/></g></g>
`)

const nothing = picture(`
  <defs>${gradient('ground', '#f8efe7', '#e3e4f3')}</defs>
  <rect width="800" height="600" fill="url(#ground)"/>
  <circle cx="250" cy="240" r="170" fill="#f2b8a0" opacity=".75"/>
  <circle cx="520" cy="330" r="210" fill="#9cc5d3" opacity=".7"/>
  <rect x="330" y="90" width="240" height="240" rx="30" fill="#f6d97f" opacity=".75" transform="rotate(14 450 210)"/>
  <path d="M60 520 Q220 420 400 500 T760 470" fill="none" stroke="#6a72a8" stroke-width="22" stroke-linecap="round" opacity=".75"/>
  <path d="M110 560 Q270 470 430 545 T720 520" fill="none" stroke="#b07aa1" stroke-width="10" stroke-linecap="round" opacity=".7"/>
`)

const xmp = (keywords) =>
  `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag>${keywords
    .map((keyword) => `<rdf:li>${keyword}</rdf:li>`)
    .join('')}</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

const sized = (bytes, size) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(size, 0, bytes)
  return buffer
}

const record = (number, dataset, value) =>
  Buffer.concat([Buffer.from([0x1c, number, dataset]), sized(2, Buffer.byteLength(value)), Buffer.from(value)])

/** Sources: IPTC IIM 4.2 (1:90 says UTF-8, 2:25 is a keyword); Adobe Photoshop File Formats, image resource 0x0404. */
function withIptc(jpeg, keywords) {
  const records = Buffer.concat([record(1, 90, '\u001b%G'), ...keywords.map((keyword) => record(2, 25, keyword))])
  const resource = [Buffer.from('8BIM\u0004\u0004\0\0'), sized(4, records.length), records]
  const segment = Buffer.concat([Buffer.from('Photoshop 3.0\0'), ...resource, Buffer.alloc(records.length % 2)])
  const marker = Buffer.concat([Buffer.from([0xff, 0xed]), sized(2, segment.length + 2)])
  return Buffer.concat([jpeg.subarray(0, 2), marker, segment, jpeg.subarray(2)])
}

const SAMPLES = [
  { name: 'dog', svg: dog, xmp: ['Dog', 'Grass'], iptc: [] },
  { name: 'bird', svg: bird, xmp: [], iptc: ['Bird', 'Branch', 'Leaf'] },
  { name: 'plant', svg: plant, xmp: ['Potted Plant', 'Window'], iptc: ['Potted Plant', 'Window'] },
  { name: 'nothing', svg: nothing, xmp: [], iptc: [] },
]

for (const { name, svg, xmp: inXmp, iptc } of SAMPLES) {
  const drawn = sharp(Buffer.from(svg)).jpeg({ quality: 80, mozjpeg: true })
  const jpeg = await (inXmp.length > 0 ? drawn.withXmp(xmp(inXmp)) : drawn).toBuffer()
  const photo = iptc.length > 0 ? withIptc(jpeg, iptc) : jpeg
  if (photo.length > MOST_BYTES) throw new Error(`${name}.jpg has ${photo.length} bytes: draw it simpler`)
  await writeFile(`${FOLDER}${name}.jpg`, photo)
  console.log(`${name}.jpg ${photo.length} bytes`)
}
