package main

import (
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
)

// identify reads the payload of a URL, which is the last segment of its path,
// and returns the key of the original and the canonical form of the rest:
// what luna tells its Admitter. Signatures are not checked, since the server
// that answered 200 did. Metadata is no transform.
func identify(path, query string) (image, rendition string, ok bool) {
	payload := path[strings.LastIndexByte(path, '/')+1:]
	if !strings.HasPrefix(payload, "eyJ") { // before the error that says so
		return "", "", false
	}
	request, err := edit.Decode(payload, nil)
	if err != nil {
		return "", "", false
	}
	if request.Ladder != nil {
		rung, _, _ := strings.Cut(query, "&sig=")
		if request, err = request.ResolveQuery(rung); err != nil {
			return "", "", false
		}
	}
	canonical, err := request.Canonical()
	if err != nil || canonical.Metadata != nil {
		return "", "", false
	}
	text, err := canonical.Encode()
	return request.Key, string(text), err == nil
}
