package luna

import (
	"fmt"
	"path"
	"strings"
	"unicode"
)

// disposition returns the Content-Disposition of a result made from the
// original of that key: inline, under the original's name with the extension
// of the result (RFC 6266). A name that is not plain ASCII stands there twice,
// as RFC 8187 says.
func disposition(key, extension string) string {
	name := path.Base(key)
	name = strings.TrimSuffix(name, path.Ext(name))
	if name == "" || name == "/" {
		name = "image"
	}
	name += "." + extension
	plain := strings.Map(func(c rune) rune {
		// A percent sign would be unescaped by some browsers.
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '%' {
			return '_'
		}
		return c
	}, name)
	if plain == name {
		return `inline; filename="` + name + `"`
	}
	var extended strings.Builder
	for _, c := range name {
		if unicode.Is(unicode.Cf, c) { // hides or reorders what follows
			c = '_'
		}
		for _, b := range []byte(string(c)) {
			if attributeCharacter(b) {
				extended.WriteByte(b)
			} else {
				fmt.Fprintf(&extended, "%%%02X", b)
			}
		}
	}
	return `inline; filename="` + plain + `"; filename*=UTF-8''` + extended.String()
}

// attributeCharacter is attr-char of RFC 8187 section 3.2.1.
func attributeCharacter(c byte) bool {
	return base64urlDigit(c) || strings.IndexByte("!#$&+.^`|~", c) >= 0
}
