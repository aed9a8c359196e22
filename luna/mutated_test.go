package luna_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

// A mount is a handler as servers have it, and what it is to answer: targets
// of requests, byte by byte.
type mount struct {
	name, host string
	prefix     string // what stands before the payload
	handler    http.Handler
	valid      []string
	// others are those of the tenant other, where that has a place.
	others []string
	// strange are URLs whose signature is right and that are refused all the
	// same.
	strange []string
}

// TestMutatedURLs mangles signed URLs in every way that accidents, proxies and
// attackers have: of all that reach the handler none but those that were
// signed, in their one spelling, is answered, and none has the origin asked.
// IMMAGIN_TEST_COUNT is how many there are.
//
// Two things are the same URL by RFC 9110 and so no mutation: a host in another
// case, and one with a port.
func TestMutatedURLs(t *testing.T) {
	count := 20_000
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
		count = n
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("IMMAGIN_TEST_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "IMMAGIN_TEST_SEED")
		seed = n
	}
	t.Logf("IMMAGIN_TEST_SEED=%d", seed)
	store := new(origin)
	for _, tenant := range []string{"demo", "other"} {
		store.put(tenant, "hero.png", picture(2, 2, false))
	}
	mounts := mountsOf(t, store)
	m := mutator{Rand: rand.New(rand.NewPCG(seed, 17))}
	everyValid := func() {
		for _, at := range mounts {
			for _, target := range at.valid {
				status, reached := ask(at, at.host, target, "")
				require.True(t, reached)
				require.Equal(t, http.StatusOK, status, "%s %s", at.name, target)
			}
			for _, target := range at.strange {
				status, reached := ask(at, at.host, target, "")
				require.True(t, reached, target)
				require.Contains(t, []int{400, 403, 410, 422}, status, "%s %s", at.name, target)
			}
		}
	}
	everyValid()
	stats, opens := store.counts()

	begin, accepted, unread, statuses := time.Now(), 0, 0, map[int]int{}
	for n := 0; n < count; {
		at := mounts[m.IntN(len(mounts))]
		host, target, header := m.mutate(mounts, at)
		if at.signed(host, target) {
			continue // it was changed into a URL that is signed
		}
		status, reached := ask(at, host, target, header)
		if !reached {
			unread++ // net/http answers 400 to it
			continue
		}
		n++
		statuses[status]++
		if status < 400 {
			accepted++
			t.Errorf("%d at %s: host %q, target %q, header %q", status, at.name, host, target, header)
		}
		require.Less(t, status, 500, "at %s: host %q, target %q, header %q", at.name, host, target, header)
	}
	t.Logf("%d mutated URLs in %v, %d accepted; by status %v; %d more were no HTTP", count, time.Since(begin).Round(time.Millisecond), accepted, statuses, unread)
	afterwards, reads := store.counts()
	require.Equal(t, []int{stats, opens}, []int{afterwards, reads}, "the origin was asked")
	require.Positive(t, statuses[http.StatusForbidden])
	require.Positive(t, statuses[http.StatusGone], "some have expired")
	require.Positive(t, statuses[http.StatusUnprocessableEntity]+statuses[http.StatusBadRequest], "some are off the ladder")
	everyValid()
}

// mountsOf returns handlers that tell the tenant by host, by path, and that
// have one tenant and stand below a prefix.
func mountsOf(t *testing.T, store *origin) []*mount {
	demo, err := sign.NewKeyring("former-secret-0123456789", secret)
	require.NoError(t, err)
	other, err := sign.NewKeyring(otherSecret)
	require.NoError(t, err)
	keys := sign.Tenants{"demo": demo, "other": other, "bare": nil}
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	handler := func(f luna.TenantFunc) *luna.Handler {
		h, err := luna.NewHandler(e, store, keys, &luna.HandlerOptions{
			Tenant: f, Logger: slog.New(slog.DiscardHandler), VersionAge: time.Hour,
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, h.Shutdown(t.Context())) })
		return h
	}
	mounts := []*mount{
		{name: "host", host: "demo.example.com", prefix: "/", handler: handler(luna.TenantFromHost("example.com"))},
		{name: "path", host: "cdn.example.com", prefix: "/demo/", handler: handler(luna.TenantFromPath())},
		{name: "prefix", host: "example.com", prefix: "/img/", handler: http.StripPrefix("/img", handler(luna.FixedTenant("demo")))},
	}
	// The lengths leave none, two and four unused bits in base64's last digit;
	// the v has digits in which its alphabets differ.
	plain := []string{
		`{"key":"hero.png","output":{"format":"png"},"v":"???>>>"}`,
		`{"key":"hero.png","output":{"format":"png"},"v":"???>>>~"}`,
		`{"key":"hero.png","output":{"format":"png"},"v":"???>>>~~"}`,
		`{"key":"hero.png","output":{"format":"png"},"exp":9007199254740991}`,
	}
	const ladder = `{"key":"hero.png","edits":[{"resize":{"width":2}}],"output":{"format":"png"},"ladder":{"widths":[1,2],"densities":[1,1.5],"formats":["png"]}}`
	var rungs []string
	for _, w := range []string{"w=1&", "w=2&"} {
		for _, dpr := range []string{"", "dpr=1&", "dpr=1.5&"} {
			rungs = append(rungs, w+dpr, w+dpr+"fm=png&")
		}
	}
	by := func(secret, text string) string {
		k, err := sign.NewKeyring(secret)
		require.NoError(t, err)
		return k.Sign(text)
	}
	for _, at := range mounts {
		for _, text := range plain {
			p := encode(text)
			at.valid = append(at.valid, at.prefix+p+"?sig="+by(secret, p))
		}
		p := encode(plain[0])
		at.valid = append(at.valid, at.prefix+p+"?sig="+by("former-secret-0123456789", p))
		l := encode(ladder)
		sig := by(secret, l)
		for _, rung := range rungs {
			at.valid = append(at.valid, at.prefix+l+"?"+rung+"sig="+sig)
		}
		for _, rung := range []string{"w=3", "w=12", "w=0", "fm=png", "w=16384", "w=1&dpr=2", "w=1&dpr=1.25", "w=1&fm=jpeg", "w=1&fm=auto", "w=1&dpr=1.5&fm=gif"} {
			at.strange = append(at.strange, at.prefix+l+"?"+rung+"&sig="+sig)
		}
		for _, text := range []string{
			`{"key":"hero.png","output":{"format":"png"},"exp":1}`,
			`{"key":"hero.png","output":{"format":"png"},"exp":1700000000}`,
			`{"key":"hero.png","output":{"format":"png"},"exp":-1}`,
			`{"key":"hero.png","output":{"format":"png"},"surplus":1}`,
			`{"key":"../hero.png","output":{"format":"png"}}`,
			`{"key":"hero.png"`,
		} {
			p := encode(text)
			at.strange = append(at.strange, at.prefix+p+"?sig="+by(secret, p))
		}
		// StripPrefix leaves the path as it does of the right URL.
		at.strange = append(at.strange, at.prefix+l+"?sig="+sig) // chooses none
		if at.prefix != "/" {
			at.strange = append(at.strange, strings.TrimSuffix(at.prefix, "/")+strings.TrimPrefix(at.valid[0], at.prefix))
		}
		at.strange = append(at.strange, strings.Replace(at.valid[0], at.prefix, at.prefix+"/", 1))
		if at.name != "prefix" {
			there := strings.Replace(at.prefix, "demo", "other", 1)
			p := encode(plain[0])
			at.others = append(at.others, there+p+"?sig="+by(otherSecret, p))
			for _, rung := range rungs {
				at.others = append(at.others, there+l+"?"+rung+"sig="+by(otherSecret, l))
			}
		}
		// By another tenant's key, by one like ours, and by none.
		for _, text := range append(plain[:1:1], ladder) {
			p := encode(text)
			for _, k := range []string{otherSecret, secret + "x", secret[:len(secret)-1], strings.ToUpper(secret)} {
				at.strange = append(at.strange, at.prefix+p+"?sig="+by(k, p))
			}
			at.strange = append(at.strange, at.prefix+p+"?sig="+by(secret, text), at.prefix+p+"?sig="+by(secret, p+"="), at.prefix+p)
		}
	}
	return mounts
}

// ask sends a request line and a host as they come from the wire. reached is
// whether net/http takes it for a request.
func ask(at *mount, host, target, header string) (status int, reached bool) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + header + "\r\n")))
	if err != nil {
		return 0, false
	}
	w := httptest.NewRecorder()
	at.handler.ServeHTTP(w, r)
	if w.Code == http.StatusNotFound {
		// StripPrefix has not found its prefix: what is behind it is not asked.
		return http.StatusForbidden, true
	}
	return w.Code, true
}

// signed reports whether a URL is one that was signed for where it is.
func (at *mount) signed(host, target string) bool {
	if at.name != "host" { // it does not matter to the others
		return slices.Contains(at.valid, target) || slices.Contains(at.others, target)
	}
	return strings.EqualFold(host, at.host) && slices.Contains(at.valid, target) ||
		strings.EqualFold(host, "other.example.com") && slices.Contains(at.others, target)
}

type mutator struct{ *rand.Rand }

func (m mutator) of(s ...string) string { return s[m.IntN(len(s))] }

// mutate changes one URL of a mount: where it is, its path, its query, or bytes
// anywhere.
func (m mutator) mutate(mounts []*mount, at *mount) (host, target, header string) {
	host, target = at.host, m.of(at.valid...)
	if m.IntN(8) == 0 {
		target = m.of(at.strange...)
		if m.IntN(4) == 0 {
			return host, target, ""
		}
	}
	for again := true; again; again = m.IntN(4) == 0 {
		path, query, _ := strings.Cut(target, "?")
		switch m.IntN(10) {
		case 0:
			if at.name == "host" {
				host = m.host()
				header = m.of("", "X-Forwarded-Host: demo.example.com\r\n", "Forwarded: host=demo.example.com\r\n", "X-Original-Url: "+target+"\r\n")
				break
			}
			target = m.of("/other/", "/Demo/", "/demo/demo/", "/dem%6F/", "/bare/", "//demo/", "/demo//", "/./demo/", "/x/../demo/", "/IMG/", "/img//", "/im%67/", "/img/img/", "/img/../img/", "/") +
				strings.TrimPrefix(target, at.prefix)
		case 1, 2:
			target = path + "?" + m.query(query)
		case 3, 4:
			target = m.path(at, path) + "?" + query
		case 5: // the parts of another URL
			_, others, _ := strings.Cut(m.of(at.valid...), "?")
			target = path + "?" + others
		case 6: // another mount's
			target = m.of(mounts[m.IntN(len(mounts))].valid...)
		default:
			target = m.bytes(target)
		}
	}
	return host, target, header
}

func (m mutator) host() string {
	return m.of("other.example.com", "bare.example.com", "nobody.example.com", "example.com", "demo.example.com.", "demo.example.org",
		"demo.example.com.other.example.com", "other.demo.example.com", "demo.other.example.com", "demo-.example.com", "demo_.example.com",
		"demo%2eexample.com", "xn--demo.example.com", ".example.com", "..example.com", "127.0.0.1", "[::1]:80", "demo", "demo.example.com:80:80", "user@demo.example.com", "demo.example.com/", "dëmo.example.com", "")
}

func (m mutator) query(query string) string {
	rest, sig, _ := strings.Cut(query, "sig=")
	digits := []byte(sig)
	switch m.IntN(15) {
	case 0:
		return query + m.of("&", "&x=1", "&sig=", "&sig="+sig, ";x=1", "&w=1", "&dpr=1", "&fm=png", "#", "#x", "%00", "%0d%0a", "=", "&utm_source=a")
	case 1:
		return m.of("&", "x=1&", "sig=&", "sig="+sig+"&", "?", "w=1&", "w=2&", "dpr=1&", "fm=png&", "exp=9&", ";", "%26") + query
	case 2:
		return rest + m.of("SIG=", "Sig=", "s%69g=", "%73ig=", "sig%3D", "sig==", "sig[]=", "sig[0]=", "signature=", "s=", "sig", " sig=", "+sig=") + sig
	case 3:
		return rest + "sig=" + m.of(strings.ToUpper(sig), "0x"+sig, sig+"=", sig[:len(sig)/2], sig+sig, "", strings.Repeat("0", 64), strings.Repeat("f", 63), "null", "undefined", "[object%20Object]")
	case 4: // another hexadecimal digit
		if len(digits) > 0 {
			digits[m.IntN(len(digits))] = "0123456789abcdef"[m.IntN(16)]
		}
		return rest + "sig=" + string(digits)
	case 5: // an escaped digit
		if len(digits) == 0 {
			return rest
		}
		i := m.IntN(len(digits))
		return rest + "sig=" + sig[:i] + fmt.Sprintf(m.of("%%%02x", "%%%02X", "%%25%02x", "&#%d;", "\\u%04x"), digits[i]) + sig[i+1:]
	case 6: // the signature's bytes in base64
		return rest + "sig=" + base64.RawURLEncoding.EncodeToString(digits)
	case 7: // parameters in another order, or again
		parts := strings.Split(query, "&")
		m.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return strings.Join(append(parts, parts[m.IntN(len(parts))]), "&")
	case 8:
		parts := strings.Split(query, "&")
		m.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return strings.Join(parts, m.of("&", ";", "&&", "%26", "&amp;"))
	case 9: // widths in other spellings, and off the ladder
		return m.of("w=01&", "w=+1&", "w=1.0&", "w=1e0&", "w=0&", "w=-1&", "w=3&", "w=1%30&", "w=%31&", "w=1,2&", "w=&", "w=99999999999999999999&", "w=0x1&", "w[]=1&", "W=1&", fmt.Sprintf("w=%d&", m.IntN(1<<20)+3)) + "sig=" + sig
	case 10:
		return "w=1&dpr=" + m.of("1.0", "01", "1.50", "1e0", ".5", "0", "-1", "NaN", "Inf", "0x1p0", "1_0", "2", "1.25", "%31", "1.5000000000000001", "1,5") + "&sig=" + sig
	case 11:
		return "w=1&fm=" + m.of("PNG", "jpeg", "webp", "avif", "auto", "", "pn%67", "png%00", "png ", "../png", "svg", "gif") + "&sig=" + sig
	case 12:
		return m.of("dpr=1.5&", "fm=png&", "dpr=1&w=1&", "fm=png&w=1&", "w=1&fm=png&dpr=1&", "w=1&w=2&", "w=1&dpr=1&dpr=1.5&", "w=1&fm=png&fm=png&") + "sig=" + sig
	case 13:
		return "sig=" + sig + "&" + strings.TrimSuffix(rest, "&")
	default:
		return m.bytes(query)
	}
}

func (m mutator) path(at *mount, path string) string {
	payload := strings.TrimPrefix(path, at.prefix)
	if payload == "" {
		return path
	}
	i := m.IntN(len(payload))
	switch m.IntN(11) {
	case 0:
		return path + m.of("=", "==", "/", ".png", ";x", "%3D", "%2F", "%00", "%0d%0a", "/.", "/..", "%20", "A", "AA", "\u200b")
	case 1:
		return at.prefix + m.of("/", "./", "../", "a/", "%2F", "%2e/", "A", "=", "\\", ";/", "demo/", "other/") + payload
	case 2: // the same digit, escaped
		return at.prefix + payload[:i] + fmt.Sprintf(m.of("%%%02x", "%%%02X", "%%25%02X"), payload[i]) + payload[i+1:]
	case 3: // base64's other alphabet
		return at.prefix + strings.NewReplacer("-", m.of("+", "%2B", "%2D"), "_", m.of("/", "%2F", "%5F")).Replace(payload)
	case 4: // the unused bits of the last digit
		return path[:len(path)-1] + string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[m.IntN(64)])
	case 5: // space that decoders of base64 pass over
		return at.prefix + payload[:i] + m.of("%0A", "%0D", "%0d%0a", "%20", "%09", "\r\n", "\n", "+", ".", "=") + payload[i:]
	case 6: // what it says, in another spelling
		text, err := base64.RawURLEncoding.DecodeString(payload)
		if err != nil || len(text) == 0 {
			return path
		}
		changed := string(text)
		switch m.IntN(5) {
		case 0:
			changed = strings.Replace(changed, ":", ": ", 1)
		case 1:
			changed += m.of("\n", " ", "{}", "\x00")
		case 2:
			changed = strings.Replace(changed, "hero", m.of(`\u0068ero`, "Hero", "../hero", "secret"), 1)
		case 3:
			changed = strings.Replace(changed, "{", `{"key":"secret.png",`, 1)
		default:
			changed = m.bytes(changed)
		}
		return at.prefix + encode(changed)
	case 7:
		return strings.ToUpper(path)
	case 8:
		return strings.ToLower(path)
	case 9:
		return at.prefix + payload[:i]
	default:
		return at.prefix + m.bytes(payload)
	}
}

// bytes changes a few bytes, anywhere.
func (m mutator) bytes(s string) string {
	if s == "" {
		return m.of("", "/", "A")
	}
	b := []byte(s)
	for again := true; again && len(b) > 0; again = m.IntN(3) == 0 {
		i := m.IntN(len(b))
		switch m.IntN(9) {
		case 0: // flip a bit
			b[i] ^= 1 << m.IntN(8)
		case 1:
			b[i] = byte(m.IntN(256))
		case 2: // another that may stand in a URL
			b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=&?%/.+"[m.IntN(71)]
		case 3:
			b = b[:i]
		case 4:
			b = slices.Delete(b, i, i+1)
		case 5:
			b = slices.Insert(b, i, []byte(m.of("\r\n", "\r", "\n", "\x00", "=", "%00", "%0D%0A", "%36", "/", "//", "/../", "../", ".", "&", "&sig=", "?", "#", " ", "0", "A", " HTTP/1.1\r\nX: "))...)
		case 6: // the other case
			if c := b[i] | 0x20; c >= 'a' && c <= 'z' {
				b[i] ^= 0x20
			}
		case 7:
			j := m.IntN(len(b))
			b[i], b[j] = b[j], b[i]
		default: // a stretch again
			j := i + m.IntN(min(len(b)-i, 8)+1)
			b = slices.Insert(b, j, slices.Clone(b[i:j])...)
		}
	}
	return string(b)
}
