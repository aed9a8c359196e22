package sign

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var testNow = time.Unix(1_800_000_000, 0)

func testTicket() Ticket {
	return Ticket{
		Method: "PUT", Tenant: "demo", Key: "photos/hérø <&>.jpg", MaxSize: 1 << 20, ContentType: "image/jpeg",
		Overwrite: true, Expires: testNow.Add(5 * time.Minute), Nonce: "0123456789abcdef",
	}
}

// forge signs a ticket as its holder of the secret could, checking nothing.
func forge(secret string, t Ticket) string {
	body := base64.RawURLEncoding.EncodeToString(t.text())
	return sealed(secret, body)
}

func sealed(secret, body string) string {
	derived := newMAC([]byte(secret))(ticketLabel)
	return body + "." + hexMAC(string(derived[:]), body)
}

func TestTicketRoundTrip(t *testing.T) {
	k := keyring(t, testSecret)
	want := testTicket()
	text, err := k.IssueTicket(want, testNow)
	require.NoError(t, err)
	require.Equal(t, forge(testSecret, want), text, "the key is HMAC-SHA256(secret, label)")
	require.Regexp(t, `^[A-Za-z0-9_-]+\.[0-9a-f]{64}$`, text)

	got, err := k.VerifyTicket(text, "PUT", "demo", testNow)
	require.NoError(t, err)
	require.True(t, want.Expires.Equal(got.Expires))
	got.Expires = want.Expires
	require.Equal(t, want, got)

	_, err = keyring(t, otherSecret, testSecret).VerifyTicket(text, "PUT", "demo", testNow)
	require.NoError(t, err, "any secret verifies")
}

func TestTicketNonce(t *testing.T) {
	k := keyring(t, testSecret)
	x := testTicket()
	x.Nonce = ""
	a, err := k.IssueTicket(x, testNow)
	require.NoError(t, err)
	b, err := k.IssueTicket(x, testNow)
	require.NoError(t, err)
	require.NotEqual(t, a, b)
	got, err := k.VerifyTicket(a, "PUT", "demo", testNow)
	require.NoError(t, err)
	require.Len(t, got.Nonce, 22)
}

func TestTicketExpiry(t *testing.T) {
	k := keyring(t, testSecret)
	x := testTicket()
	x.Expires = testNow.Add(5*time.Minute + time.Nanosecond)
	text, err := k.IssueTicket(x, testNow)
	require.NoError(t, err)
	end := testNow.Add(5*time.Minute + time.Second)
	for _, c := range []struct {
		now  time.Time
		want error
	}{
		{testNow.Add(-time.Hour), nil}, {end, nil}, {end.Add(time.Nanosecond), ErrExpired}, {end.Add(100 * 365 * 24 * time.Hour), ErrExpired},
		{testNow.Add(-8 * 24 * time.Hour), ErrMismatch},
	} {
		_, err := k.VerifyTicket(text, "PUT", "demo", c.now)
		require.Equal(t, c.want, err, "%v", c.now)
	}

	x.Expires = testNow.Add(MaxTicketLife)
	text, err = k.IssueTicket(x, testNow)
	require.NoError(t, err)
	_, err = k.VerifyTicket(text, "PUT", "demo", testNow)
	require.NoError(t, err)

	for _, ahead := range []time.Duration{0, -time.Second, MaxTicketLife + 2*time.Second, math.MaxInt64, math.MinInt64} {
		x.Expires = testNow.Add(ahead)
		_, err := k.IssueTicket(x, testNow)
		require.Error(t, err, ahead)
	}
	x.Expires = time.Time{}
	_, err = k.IssueTicket(x, testNow)
	require.Error(t, err)
}

// A client that holds the secret can sign what IssueTicket would not.
func TestForgedTickets(t *testing.T) {
	k := keyring(t, testSecret)
	valid := string(testTicket().text())
	for name, body := range map[string]string{
		"far expiry":      strings.Replace(valid, `"e":1800000300`, `"e":1900000000`, 1),
		"endless":         strings.Replace(valid, `"e":1800000300`, `"e":9223372036854775807`, 1),
		"no size":         strings.Replace(valid, `"s":1048576`, `"s":0`, 1),
		"no nonce":        strings.Replace(valid, `"n":"0123456789abcdef"`, `"n":""`, 1),
		"unknown member":  strings.Replace(valid, `{`, `{"x":1,`, 1),
		"order":           strings.Replace(valid, `{"m":"PUT",`, `{`, 1)[:len(valid)-len(`"m":"PUT",`)-1] + `,"m":"PUT"}`,
		"space":           strings.Replace(valid, `{`, `{ `, 1),
		"second value":    strings.Replace(valid, `"m":"PUT"`, `"m":"GET","m":"PUT"`, 1),
		"member's case":   strings.Replace(valid, `"m"`, `"M"`, 1),
		"escape":          strings.Replace(valid, `PUT`, `\u0050UT`, 1),
		"trailing":        valid + `{}`,
		"float":           strings.Replace(valid, `"s":1048576`, `"s":1048576.0`, 1),
		"null":            `null`,
		"nothing":         ``,
		"false overwrite": strings.Replace(valid, `"o":true`, `"o":false`, 1),
	} {
		require.NotEqual(t, valid, body, name)
		_, err := k.VerifyTicket(sealed(testSecret, base64.RawURLEncoding.EncodeToString([]byte(body))), "PUT", "demo", testNow)
		require.Error(t, err, name)
	}
	valid = strings.Replace(valid, "photos", "????????", 1) // "Pz8_" in base64url, "Pz8/" in base64
	encoded := base64.RawURLEncoding.EncodeToString([]byte(valid))
	_, err := k.VerifyTicket(sealed(testSecret, encoded), "PUT", "demo", testNow)
	require.NoError(t, err)
	for name, body := range map[string]string{
		"newline": encoded[:8] + "\n" + encoded[8:], "padding": encoded + "=", "standard": base64.RawStdEncoding.EncodeToString([]byte(valid)),
	} {
		_, err := k.VerifyTicket(sealed(testSecret, body), "PUT", "demo", testNow)
		require.Equal(t, ErrMismatch, err, name)
	}
}

func TestTicketIsBound(t *testing.T) {
	k := keyring(t, testSecret)
	text := forge(testSecret, testTicket())
	for _, c := range [][2]string{{"POST", "demo"}, {"put", "demo"}, {"", "demo"}, {"PUT", "acme"}, {"PUT", ""}} {
		_, err := k.VerifyTicket(text, c[0], c[1], testNow)
		require.Equal(t, ErrMismatch, err, "%v", c)
	}
	_, err := keyring(t, otherSecret).VerifyTicket(text, "PUT", "demo", testNow)
	require.Equal(t, ErrMismatch, err)
}

// TestKinds shows each kind of signature where the other belongs.
func TestKinds(t *testing.T) {
	k := keyring(t, testSecret)
	text := forge(testSecret, testTicket())
	body, signature, ok := strings.Cut(text, ".")
	require.True(t, ok)
	require.Equal(t, ErrMismatch, k.Verify(body, signature), "a ticket as an image signature")
	require.Equal(t, ErrMismatch, k.Verify(text, signature))
	for _, image := range []string{testPayload + "." + testSig, body + "." + k.Sign(body), testSig, testPayload} {
		_, err := k.VerifyTicket(image, "PUT", "demo", testNow)
		require.Equal(t, ErrMismatch, err, "an image signature as a ticket")
	}
}

func TestTicketFields(t *testing.T) {
	k := keyring(t, testSecret)
	for name, change := range map[string]func(*Ticket){
		"method":       func(x *Ticket) { x.Method = "" },
		"key":          func(x *Ticket) { x.Key = "" },
		"maximum size": func(x *Ticket) { x.MaxSize = 0 },
		"tenant":       func(x *Ticket) { x.Tenant = "\xff" },
		"content type": func(x *Ticket) { x.ContentType = "\xff" },
		"nonce":        func(x *Ticket) { x.Nonce = strings.Repeat("n", 65) },
		"characters":   func(x *Ticket) { x.Key = strings.Repeat("k", 8<<10) },
	} {
		x := testTicket()
		change(&x)
		_, err := k.IssueTicket(x, testNow)
		require.ErrorContains(t, err, name)
		require.NotContains(t, err.Error(), testSecret)
	}
}

func TestTicketMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 6))
	k := keyring(t, testSecret)
	text := forge(testSecret, testTicket())
	count, accepted := testCount(t, 20000), 0
	for n := 0; n < count; {
		changed := mutate(r, text)
		if changed == text {
			continue
		}
		n++
		if _, err := k.VerifyTicket(changed, "PUT", "demo", testNow); err == nil {
			accepted++
			t.Errorf("accepted %q", changed)
		}
	}
	_, err := k.VerifyTicket(text, "PUT", "demo", testNow)
	require.NoError(t, err, "what is not changed passes")
	t.Logf("%d mutations, %d accepted", count, accepted)
}

func FuzzVerifyTicket(f *testing.F) {
	k := keyring(f, testSecret)
	f.Add(forge(testSecret, testTicket()))
	f.Add(testPayload + "." + testSig)
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		if x, err := k.VerifyTicket(text, "PUT", "demo", testNow); err == nil && forge(testSecret, x) != text {
			t.Fatalf("%q is a second spelling of %+v", text, x)
		}
	})
}

// FuzzParseTicket looks behind the signature: what is read is written back as
// it was.
func FuzzParseTicket(f *testing.F) {
	f.Add(testTicket().text())
	f.Add([]byte(`{"m":"PUT","k":"a","s":1,"e":1,"n":"n"}`))
	f.Add([]byte(`{"m":"PUT","k":"\ud800","s":1e3,"e":-1,"n":"n"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		body := base64.RawURLEncoding.EncodeToString(data)
		x, err := parseTicket(body)
		if err != nil {
			return
		}
		if string(x.text()) != string(data) {
			t.Fatalf("%q is a second spelling of %q", data, x.text())
		}
		if !json.Valid(data) {
			t.Fatalf("%q is not JSON", data)
		}
	})
}
