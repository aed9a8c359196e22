package sign

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	testSecret  = "test-secret-0123456789"
	otherSecret = "other-secret-9876543210"
	testPayload = "eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19"
	testSig     = "6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061"
)

func keyring(t testing.TB, secrets ...string) *Keyring {
	t.Helper()
	k, err := NewKeyring(secrets...)
	require.NoError(t, err)
	return k
}

func TestVector(t *testing.T) {
	k := keyring(t, testSecret)
	require.Equal(t, testSig, k.Sign(testPayload))
	require.NoError(t, k.Verify(testPayload, testSig))
}

func TestRotation(t *testing.T) {
	old, both, retired := keyring(t, testSecret), keyring(t, otherSecret, testSecret), keyring(t, otherSecret)
	three := keyring(t, "yet-another-secret-1", otherSecret, testSecret)

	require.NoError(t, both.Verify(testPayload, old.Sign(testPayload)))
	require.NoError(t, three.Verify(testPayload, old.Sign(testPayload)))
	require.Equal(t, retired.Sign(testPayload), both.Sign(testPayload), "the first secret signs")
	require.ErrorIs(t, retired.Verify(testPayload, testSig), ErrMismatch)
}

func TestSecretsAreNotShort(t *testing.T) {
	for _, secrets := range [][]string{nil, {""}, {"fifteen-bytes-x"}, {testSecret, "swordfish"}} {
		k, err := NewKeyring(secrets...)
		require.Error(t, err)
		require.Nil(t, k)
		require.NotContains(t, err.Error(), "swordfish")
		require.NotContains(t, err.Error(), "fifteen")
	}
	_, err := NewKeyring("sixteen-bytes-xx")
	require.NoError(t, err)
}

func TestOneSpelling(t *testing.T) {
	k := keyring(t, testSecret)
	for name, signature := range map[string]string{
		"empty":            "",
		"uppercase":        strings.ToUpper(testSig),
		"one uppercase":    "6C" + testSig[2:],
		"short":            testSig[:63],
		"long":             testSig + "0",
		"NUL after":        testSig + "\x00",
		"twice":            testSig + testSig,
		"newline":          testSig + "\n",
		"space before":     " " + testSig,
		"percent":          "%36" + testSig[1:],
		"prefix":           testSig[:32],
		"NULs":             strings.Repeat("\x00", 64),
		"fullwidth digits": strings.Replace(testSig, "6", "\uff16", 1),
	} {
		require.ErrorIs(t, k.Verify(testPayload, signature), ErrMismatch, name)
	}
	sum := hmac.New(sha256.New, []byte(testSecret))
	sum.Write([]byte(testPayload))
	require.ErrorIs(t, k.Verify(testPayload, string(sum.Sum(nil))), ErrMismatch, "raw bytes")
}

// What verifies without a secret is nobody's, the decoy included.
func TestEmptyKeyring(t *testing.T) {
	for name, k := range map[string]*Keyring{"nil": nil, "zero": {}} {
		require.Empty(t, k.Sign(testPayload), name)
		for _, signature := range []string{"", testSig, hexMAC("", testPayload), hexMAC(strings.Repeat("\x00", 16), testPayload)} {
			require.ErrorIs(t, k.Verify(testPayload, signature), ErrMismatch, name)
		}
		_, err := k.IssueTicket(testTicket(), testNow)
		require.Error(t, err, name)
		for _, secret := range []string{"", strings.Repeat("\x00", 16)} {
			_, err = k.VerifyTicket(forge(secret, testTicket()), "PUT", "demo", testNow)
			require.ErrorIs(t, err, ErrMismatch, name)
		}
	}
	one := keyring(t, testSecret)
	require.ErrorIs(t, one.Verify(testPayload, hexMAC(strings.Repeat("\x00", 16), testPayload)), ErrMismatch)
}

func hexMAC(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}

func TestTenantSecret(t *testing.T) {
	secret, err := TenantSecret(testSecret, "acme")
	require.NoError(t, err)
	require.Equal(t, hexMAC(testSecret, "acme"), secret)
	keyring(t, secret)

	for _, tenant := range []string{"", testPayload, "Acme", "a/b", ticketLabel, "é", strings.Repeat("a", 64)} {
		_, err := TenantSecret(testSecret, tenant)
		require.Error(t, err, tenant)
	}
	_, err = TenantSecret("swordfish", "acme")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "swordfish")
}

func TestNewSecret(t *testing.T) {
	a, b := NewSecret(), NewSecret()
	require.NotEqual(t, a, b)
	require.Len(t, a, 64)
	keyring(t, a, b)
}

// TestNothingShows prints, logs and encodes whatever holds a secret, in every
// way a program does by mistake.
func TestNothingShows(t *testing.T) {
	key := NewAPIKey()
	k := keyring(t, testSecret, otherSecret)
	type inner struct {
		k Keyring
		p *Keyring
		a APIKey
	}
	for _, v := range []any{
		k, *k, []*Keyring{k}, []Keyring{*k}, inner{*k, k, key}, &inner{*k, k, key}, Tenants{"demo": k}, key, &key,
		struct{ K *Keyring }{k}, struct{ A APIKey }{key}, ErrMismatch,
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		fmt.Fprintln(&out, v)
		_ = json.NewEncoder(&out).Encode(v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		for _, secret := range []string{testSecret, otherSecret, key.Reveal()} {
			require.NotContains(t, out.String(), secret)
			require.NotContains(t, out.String(), hex.EncodeToString([]byte(secret)))
			require.NotContains(t, out.String(), strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
		}
	}
	require.Equal(t, "sign.Keyring(2 secrets)", fmt.Sprint(k))
	require.Equal(t, "sign.Keyring(1 secret)", keyring(t, testSecret).String())
	require.Equal(t, key.Reveal()[:8]+"…", fmt.Sprintf("%+v", key))
	require.Equal(t, `"sign.Keyring(2 secrets)"`, jsonOf(t, k))
	require.Equal(t, `"`+key.Prefix()+`…"`, jsonOf(t, key))
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestTenants(t *testing.T) {
	ctx := context.Background()
	table := Tenants{"demo": keyring(t, testSecret), "acme": keyring(t, otherSecret)}
	down := errors.New("database is down")
	find := TenantsFunc(func(_ context.Context, tenant string) (*Keyring, error) {
		switch k, ok := table[tenant]; {
		case tenant == "down":
			return nil, down
		case tenant == "gone":
			return table["demo"], fmt.Errorf("no row: %w", fs.ErrNotExist)
		case !ok:
			return nil, nil
		default:
			return k, nil
		}
	})
	for _, v := range []interface {
		Verify(ctx context.Context, tenant, payload, signature string) error
	}{table, find} {
		require.NoError(t, v.Verify(ctx, "demo", testPayload, testSig))
		require.ErrorIs(t, v.Verify(ctx, "acme", testPayload, testSig), ErrMismatch, "another tenant's URL")
		for _, unknown := range []string{"", "nobody", "Demo", "gone"} {
			err := v.Verify(ctx, unknown, testPayload, testSig)
			require.Equal(t, ErrMismatch, err, "nothing tells an unknown tenant from a wrong signature")
		}
	}
	err := find.Verify(ctx, "down", testPayload, testSig)
	require.ErrorIs(t, err, down)
	require.NotErrorIs(t, err, ErrMismatch)
}

// testCount is how many cases a counted test runs: IMMAGIN_TEST_COUNT, or n.
func testCount(t testing.TB, n int) int {
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		count, err := strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
		return count
	}
	return n
}

// TestMutations changes a signed payload, its signature or the secret in every
// way a link is mangled by accident or on purpose: none may verify.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 6))
	k := keyring(t, otherSecret, testSecret)
	table := Tenants{"demo": k, "acme": keyring(t, "acme-secret-0123456789"), "empty": nil}
	strangers := []*Keyring{table["acme"], keyring(t, testSecret+"x"), keyring(t, testSecret[:21]), keyring(t, strings.ToUpper(testSecret)), {}, nil}
	accepted := 0
	for count, changed := testCount(t, 20000), 0; changed < count; {
		payload, tenant, signature := testPayload, "demo", testSig
		switch r.IntN(10) {
		case 0:
			tenant = []string{"acme", "", "empty", "nobody", "DEMO", "demo."}[r.IntN(6)]
		case 1:
			signature = strangers[r.IntN(len(strangers))].Sign(payload)
		case 2:
			payload = mutate(r, payload)
			signature = mutate(r, signature)
		case 3, 4, 5:
			signature = mutate(r, signature)
		default:
			payload = mutate(r, payload)
		}
		if payload == testPayload && tenant == "demo" && signature == testSig {
			continue
		}
		changed++
		if table.Verify(context.Background(), tenant, payload, signature) == nil {
			accepted++
			t.Errorf("accepted tenant %q, payload %q, signature %q", tenant, payload, signature)
		}
	}
	require.NoError(t, table.Verify(context.Background(), "demo", testPayload, testSig), "what is not changed passes")
	t.Logf("%d mutations, %d accepted", testCount(t, 20000), accepted)
}

func mutate(r *rand.Rand, s string) string {
	b := []byte(s)
	at := func() int { return r.IntN(len(b)) }
	switch r.IntN(12) {
	case 0: // flip a bit
		b[at()] ^= 1 << r.IntN(8)
	case 1: // another byte
		b[at()] = byte(r.IntN(256))
	case 2: // cut
		b = b[:at()]
	case 3: // cut the front
		b = b[at()+1:]
	case 4: // insert
		i := at()
		odd := []string{"\r\n", "\n", "\x00", "=", "%00", "%36", "/", "//", "/../", "../", ".", "&", "&sig=", "?", "#", " ", "0", "A"}
		b = append(append(append([]byte{}, b[:i]...), odd[r.IntN(len(odd))]...), b[i:]...)
	case 5: // append
		b = append(b, []string{"=", "==", "\n", "\x00", " ", "0", "/", "&x=1", "&sig=" + testSig, "%0a"}[r.IntN(10)]...)
	case 6: // swap case of one
		i := at()
		if c := b[i] | 0x20; c >= 'a' && c <= 'z' {
			b[i] ^= 0x20
		}
	case 7: // upper or lower
		if r.IntN(2) == 0 {
			return strings.ToUpper(s)
		}
		return strings.ToLower(s)
	case 8: // percent-encode one
		i := at()
		return s[:i] + fmt.Sprintf("%%%02x", b[i]) + s[i+1:]
	case 9: // delete one
		i := at()
		b = append(b[:i:i], b[i+1:]...)
	case 10: // swap two
		i, j := at(), at()
		b[i], b[j] = b[j], b[i]
	default: // the unused bits of base64's last digit, and its other alphabet
		return s[:len(s)-1] + string("ABCDwxyz0189-_+/"[r.IntN(16)])
	}
	return string(b)
}

func TestSignVerifyProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringN(16, 64, -1).Draw(t, "secret")
		payload := rapid.String().Draw(t, "payload")
		k, err := NewKeyring(secret)
		require.NoError(t, err)
		require.Equal(t, hexMAC(secret, payload), k.Sign(payload))
		require.NoError(t, k.Verify(payload, k.Sign(payload)))
		require.ErrorIs(t, k.Verify(payload+"x", k.Sign(payload)), ErrMismatch)
	})
}

func FuzzVerify(f *testing.F) {
	k := keyring(f, otherSecret, testSecret)
	f.Add(testPayload, testSig)
	f.Add("", "")
	f.Add(testPayload, strings.ToUpper(testSig))
	f.Fuzz(func(t *testing.T, payload, signature string) {
		err := k.Verify(payload, signature)
		valid := signature == hexMAC(testSecret, payload) || signature == hexMAC(otherSecret, payload)
		if valid != (err == nil) || err != nil && err != ErrMismatch {
			t.Fatalf("Verify(%q, %q) = %v", payload, signature, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	k := keyring(b, testSecret)
	for b.Loop() {
		if k.Verify(testPayload, testSig) != nil {
			b.Fatal("does not verify")
		}
	}
}
