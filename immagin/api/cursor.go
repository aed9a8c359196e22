package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// A cursor that a client sends is the store's own, with a MAC in front that
// binds it to tenant and prefix: a store's page token may be anything that its
// driver makes something of, and a made-up one has no business there.

func sealCursor(secret, tenant, prefix, cursor string) string {
	sealed := append(cursorMAC(secret, tenant, prefix, cursor), cursor...)
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// openCursor returns the store's cursor. Those sealed with a retired secret
// still open.
func openCursor(p Project, tenant, prefix, sealed string) (string, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(data) <= macSize {
		return "", badCursor()
	}
	cursor := string(data[macSize:])
	for _, secret := range append([]string{p.Secret}, p.Retired...) {
		if hmac.Equal(data[:macSize], cursorMAC(secret, tenant, prefix, cursor)) {
			return cursor, nil
		}
	}
	return "", badCursor()
}

const macSize = 16 // bytes; HMAC-SHA256, cut to half as RFC 2104 allows

// cursorMAC has a key of its own, derived from the secret, so that no cursor
// passes as an image's signature or an upload's ticket, nor the reverse.
func cursorMAC(secret, tenant, prefix, cursor string) []byte {
	k := hmac.New(sha256.New, []byte(secret))
	k.Write([]byte("immagin/cursor/v1"))
	m := hmac.New(sha256.New, k.Sum(nil))
	fmt.Fprintf(m, "%d:%s%d:%s%s", len(tenant), tenant, len(prefix), prefix, cursor)
	return m.Sum(nil)[:macSize]
}

func badCursor() error {
	return invalid("cursor must be the nextCursor of an earlier answer for the same prefix")
}
