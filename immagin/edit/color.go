package edit

// A Color is a CSS colour, or a JSON object {"r":…,"g":…,"b":…,"alpha":…} as
// text. The empty Color means that the caller left it out.
type Color string
