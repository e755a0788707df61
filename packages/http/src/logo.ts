/** hexbird's logo as SVG. A test checks that all of hexbird's pages have the same one. */
export const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title>hexbird</title><path fill="#f2b134" d="M46 21.5 63.5 32 46 42.5z"/><path fill="#0f766e" d="M29 5l23.4 13.5v27L29 59 5.6 45.5v-27z"/><path fill="#0b5a54" d="M5.6 18.5 29 32v27L5.6 45.5z"/><circle cx="36" cy="25" r="6.5" fill="#fdf6e3"/><circle cx="37.5" cy="25" r="3" fill="#0b3f3a"/></svg>'

/** The logo within a page. It is hidden from screen readers, because the text beside it says the same. */
export const INLINE_LOGO = LOGO.replace(
  '<svg ',
  '<svg class="logo" width="32" height="32" aria-hidden="true" focusable="false" ',
)
