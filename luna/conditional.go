package luna

import "strings"

// matchesETag reports whether the values of an If-None-Match header match the
// entity tag etag, quotes included, by the weak comparison of RFC 9110 section
// 13.1.2. A malformed list matches up to where it is malformed.
func matchesETag(values []string, etag string) bool {
	for _, list := range values {
		if strings.Trim(list, " \t") == "*" {
			return true
		}
		for {
			list = strings.TrimLeft(list, " \t,")
			list = strings.TrimPrefix(list, "W/")
			if len(list) < 2 || list[0] != '"' {
				break
			}
			end := strings.IndexByte(list[1:], '"')
			if end < 0 {
				break
			}
			tag := list[:end+2]
			if tag == etag {
				return true
			}
			list = strings.TrimLeft(list[end+2:], " \t")
			if list != "" && list[0] != ',' {
				break
			}
		}
	}
	return false
}
