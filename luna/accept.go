package luna

import "strings"

// An acceptance is what an Accept header is reduced to before it enters a
// cache key.
type acceptance struct{ avif, webp bool }

// parseAccept reads the values of a request's Accept header (RFC 9110 section
// 12.5.1). A format counts only where it is named with a weight above zero:
// clients that cannot show AVIF send image/* and */* all the same. What is
// malformed accepts nothing beyond the base formats.
func parseAccept(values []string) (a acceptance) {
	for _, value := range values {
		for value != "" {
			var item string
			item, value, _ = strings.Cut(value, ",")
			name, parameters, _ := strings.Cut(item, ";")
			var format *bool
			switch strings.ToLower(strings.Trim(name, " \t")) {
			case "image/avif":
				format = &a.avif
			case "image/webp":
				format = &a.webp
			default:
				continue
			}
			*format = *format || positiveWeight(parameters)
		}
	}
	return a
}

// positiveWeight reports whether the q among the parameters of a media range
// is above zero; it is 1 where there is none.
func positiveWeight(parameters string) bool {
	for parameters != "" {
		var p string
		p, parameters, _ = strings.Cut(parameters, ";")
		name, q, _ := strings.Cut(strings.Trim(p, " \t"), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		// qvalue = "0" [ "." *3DIGIT ] / "1" [ "." *3"0" ]
		if len(q) == 0 || len(q) > 5 || q[0] != '0' && q[0] != '1' || len(q) > 1 && q[1] != '.' {
			return false
		}
		positive := q[0] == '1'
		for _, c := range q[min(2, len(q)):] {
			if c < '0' || c > '9' || q[0] == '1' && c != '0' {
				return false
			}
			positive = positive || c > '0'
		}
		return positive
	}
	return true
}
