package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

// operation finds what the document says of a request; nil where it knows no
// such path or method.
func (s schemaReader) operation(method, escapedPath string) (name string, operation map[string]any) {
	for path, methods := range s.document["paths"].(map[string]any) {
		if _, ok := match(path, escapedPath); !ok {
			continue
		}
		if operation, ok := methods.(map[string]any)[strings.ToLower(method)].(map[string]any); ok {
			return method + " " + path, operation
		}
	}
	return "", nil
}

// answer holds an answer against the document, and returns the operation and
// the status.
func (s schemaReader) answer(r *http.Request, path string, a answer) (operation string, err error) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	name, op := s.operation(method, path)
	if op == nil {
		if a.status/100 == 2 {
			if r.Method == http.MethodOptions {
				return "", nil // a preflight
			}
			return "", errors.New("it succeeded, and the document does not know it")
		}
		return "", s.check(map[string]any{"$ref": "#/components/schemas/Problem"}, any(a.json), "the answer")
	}
	name = fmt.Sprintf("%s %d", name, a.status)
	said, ok := op["responses"].(map[string]any)[fmt.Sprint(a.status)]
	if !ok {
		return name, errors.New("the document does not know this status")
	}
	response, err := s.resolve(said)
	if err != nil {
		return name, err
	}
	headers, _ := response["headers"].(map[string]any)
	for header := range headers {
		limited := strings.HasPrefix(header, "RateLimit")
		if a.header.Get(header) == "" && !limited {
			return name, fmt.Errorf("the answer has no header %s", header)
		}
	}
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 || r.Method == http.MethodHead {
		if len(a.body) > 0 {
			return name, errors.New("the answer should be empty")
		}
		return name, nil
	}
	media, ok := content[a.header.Get("Content-Type")].(map[string]any)
	if !ok {
		return name, fmt.Errorf("the document does not know Content-Type %q", a.header.Get("Content-Type"))
	}
	var body any
	if err := json.Unmarshal(a.body, &body); err != nil {
		return name, err
	}
	return name, s.check(media["schema"], body, "the answer")
}

func TestOpenAPIKnowsTheRoutes(t *testing.T) {
	s := readDocument(t)
	documented := []string{}
	ids := map[string]bool{}
	for path, methods := range s.document["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
			op := operation.(map[string]any)
			require.False(t, ids[op["operationId"].(string)])
			ids[op["operationId"].(string)] = true
			names := []string{}
			parameters, _ := op["parameters"].([]any)
			for _, p := range parameters {
				parameter, err := s.resolve(p)
				require.NoError(t, err)
				if parameter["in"] == "path" {
					names = append(names, "{"+parameter["name"].(string)+"}")
				}
			}
			require.Equal(t, regexp.MustCompile(`{\w+}`).FindAllString(path, -1), append([]string(nil), names...), path)
		}
	}
	h, err := New(new(memory), ProjectMap{}, NewMemoryKeys(), nil)
	require.NoError(t, err)
	served := []string{}
	for _, route := range h.routes {
		served = append(served, route.method+" "+route.path)
		_, op := s.operation(route.method, strings.NewReplacer("{", "", "}", "").Replace(route.path))
		_, public := op["security"]
		require.Equal(t, route.open, public, route.path)
	}
	require.ElementsMatch(t, documented, served)
}

// Every part of the document is sound, also what no answer uses.
func TestOpenAPIIsSound(t *testing.T) {
	s := readDocument(t)
	used := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				_, err := s.resolve(v)
				require.NoError(t, err)
			}
			if schema, ok := v["schema"]; ok {
				if err := s.check(schema, nil, "x"); err != nil {
					require.NotContains(t, err.Error(), "keyword")
				}
			}
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(s.document)
	for kind, members := range s.document["components"].(map[string]any) {
		for name, schema := range members.(map[string]any) {
			require.True(t, used["#/components/"+kind+"/"+name] || kind == "securitySchemes", "%s %s is used nowhere", kind, name)
			if kind == "schemas" {
				if err := s.check(schema, map[string]any{}, "x"); err != nil {
					require.NotContains(t, err.Error(), "keyword")
				}
			}
		}
	}
}

// The document knows the code of every problem in the source, and no other.
func TestOpenAPIKnowsTheCodes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	codes := map[any]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, code := range regexp.MustCompile(`code: "(\w+)"`).FindAllSubmatch(source, -1) {
			codes[string(code[1])] = true
		}
	}
	problem, err := readDocument(t).resolve(map[string]any{"$ref": "#/components/schemas/Problem"})
	require.NoError(t, err)
	known := problem["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any)
	require.ElementsMatch(t, slices.Collect(maps.Keys(codes)), known)
}

// The page for users knows the calls and the codes too.
func TestPageKnowsCallsAndCodes(t *testing.T) {
	page, err := os.ReadFile("../../examples/docs/management-api.md")
	require.NoError(t, err)
	_, errorsOf, ok := strings.Cut(string(page), "## Errors")
	require.True(t, ok)
	errorsOf, _, _ = strings.Cut(errorsOf, "## Mounting it")
	s := readDocument(t)
	problem, err := s.resolve(map[string]any{"$ref": "#/components/schemas/Problem"})
	require.NoError(t, err)
	codes := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| \d{3} \| ([^|]*) \|`).FindAllStringSubmatch(errorsOf, -1) {
		for _, code := range strings.Split(row[1], ", ") {
			codes[strings.Trim(code, "`")] = true
		}
	}
	var known []string
	for _, code := range problem["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any) {
		known = append(known, code.(string))
	}
	require.ElementsMatch(t, known, slices.Collect(maps.Keys(codes)))

	calls := []string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /v1/[^`]*)` \\| \\d{3}:").FindAllStringSubmatch(string(page), -1) {
		calls = append(calls, row[1])
	}
	documented := []string{}
	for path, methods := range s.document["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	require.ElementsMatch(t, documented, calls)
}

func TestOpenAPIIsServed(t *testing.T) {
	f := newFixture(t, nil)
	get := func(method string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/v1/openapi.json", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		f.Config.Handler.ServeHTTP(w, r)
		return w
	}
	w := get("GET")
	require.Equal(t, 200, w.Code)
	require.Equal(t, openAPI, w.Body.String())
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	etag := w.Header().Get("ETag")
	require.Regexp(t, `^"[\w-]{16}"$`, etag)
	for _, match := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
		w = get("GET", "If-None-Match", match)
		require.Equal(t, 304, w.Code)
		require.Empty(t, w.Body.String())
		require.Equal(t, etag, w.Header().Get("ETag"))
	}
	require.Equal(t, 200, get("GET", "If-None-Match", `"x"`).Code)

	h, err := New(f.store, ProjectMap{}, f.keys, &Options{PublicURL: `https://api.example.com/a"b/`})
	require.NoError(t, err)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/v1/openapi.json", nil))
	var document struct{ Servers []struct{ URL string } }
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &document))
	require.Equal(t, `https://api.example.com/a"b`, document.Servers[0].URL)
	require.NotEqual(t, etag, rec.Header().Get("ETag"))
}

// Every operation is brought to every status that the document has of it, and
// to no other; fixture.do holds each answer against the document.
func TestEveryDocumentedAnswer(t *testing.T) {
	var refusal error
	f := newFixture(t, &Options{
		RateLimit: RateLimit{PerSecond: 1, Burst: 5},
		Guard:     func(context.Context, Upload) error { return refusal },
		Deleted:   func(context.Context, string, string) error { return refusal },
	})
	body := picture(t, "png")
	fails := map[string]error{"501": fmt.Errorf("keys: %w", errors.ErrUnsupported), "502": errors.New("disk"), "504": context.DeadlineExceeded}
	large := `{"name":"` + strings.Repeat("n", maxRequest) + `"}`
	put := func(path, body string, headers ...string) { f.send("PUT", path, "", body, headers...) }
	signed := func() string {
		f.later(time.Minute)
		u, _ := f.signed(fmt.Sprintf(`{"key":"%d.png"}`, f.clock().Unix()))
		return u
	}

	calls := map[string]func(){
		"GET /v1/project":          func() { f.send("GET", "/v1/project", f.key, "") },
		"POST /v1/images/sign-url": func() { f.send("POST", "/v1/images/sign-url", f.key, `{"key":"new.png"}`) },
		"GET /v1/images":           func() { f.send("GET", "/v1/images", f.key, "") },
		"DELETE /v1/images/{key}":  func() { f.send("DELETE", "/v1/images/a.png", f.key, "") },
		"GET /v1/keys":             func() { f.send("GET", "/v1/keys", f.key, "") },
		"POST /v1/keys":            func() { f.send("POST", "/v1/keys", f.key, `{"name":"CI"}`) },
		"DELETE /v1/keys/{id}":     func() { f.send("DELETE", "/v1/keys/key_0", f.key, "") },
	}
	for name, call := range calls {
		key := f.key
		f.key = ""
		call() // 401
		f.key = key
		f.faults.set(errors.New("database"), true)
		call() // 500
		f.faults.set(nil, false)
		for range 6 {
			call() // what it is, and 429
		}
		require.True(t, f.seen[name+" 429"], name)
		f.later(time.Minute)
		if strings.Contains(name, "keys") {
			f.faults.set(fails["501"], false)
			call()
			f.faults.set(nil, false)
		}
		for _, status := range []string{"502", "504"} {
			f.store.fail = fails[status]
			call()
			f.later(time.Minute)
		}
		f.store.fail = nil
	}

	for _, request := range []string{`{}`, `{"key":"a.png","size":99999999999}`, `{"key":"a.png","contentType":"text/html"}`} {
		f.send("POST", "/v1/images/sign-url", f.key, request) // 400, 413, 415
	}
	f.later(time.Minute)
	upload := signed()
	for _, refusal = range []error{ErrBalanceOutstanding, ErrProjectLimit, errors.New("database")} {
		f.later(time.Minute)
		f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.png"}`) // 402, 403
		put(upload, body)                                               // 402, 403, 500
		f.send("DELETE", "/v1/images/a.png", f.key, "")                 // 502
	}
	refusal = nil
	f.later(time.Hour)
	put(upload, body) // 410
	upload = signed()
	put(upload, body)                                                                                                              // 201
	f.send("POST", "/v1/images/sign-url", f.key, fmt.Sprintf(`{"key":"%d.png"}`, f.clock().Unix()))                                // 409
	f.send("GET", "/v1/images", f.key, "")                                                                                         // 200, with an image
	put("/v1/uploads/demo/"+f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: fmt.Sprintf("%d.png", f.clock().Unix())}), body) // 409
	put("/v1/uploads/demo/"+f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "b.png", MaxSize: 3}), body)                     // 413
	put(signed(), "no image")                                                                                                      // 415
	for _, status := range []string{"502", "504"} {
		upload = signed()
		f.store.fail = fails[status]
		put(upload, body)
		f.store.fail = nil
	}
	for _, err := range []error{errors.New("reset"), os.ErrDeadlineExceeded} {
		r := httptest.NewRequest("PUT", signed(), io.MultiReader(strings.NewReader(body[:600]), iotest.ErrReader(err)))
		w := httptest.NewRecorder()
		f.Config.Handler.ServeHTTP(w, r)
		f.document(r, answer{status: w.Code, header: w.Header(), body: w.Body.Bytes()}) // 400, 408
	}

	f.later(time.Minute)
	f.send("GET", "/v1/images?limit=0", f.key, "")   // 400
	f.send("DELETE", "/v1/images/..%2Fa", f.key, "") // 400
	f.store.objects["demo/c.png"] = object{}
	f.send("DELETE", "/v1/images/c.png", f.key, "") // 204
	f.later(time.Minute)
	f.send("POST", "/v1/keys", f.key, `{"name":""}`)                                 // 400
	f.send("POST", "/v1/keys", f.key, large)                                         // 413
	f.send("POST", "/v1/keys", f.key, `{"name":"CI"}`, "Content-Type", "text/plain") // 415
	made := f.send("POST", "/v1/keys", f.key, `{"name":"CI"}`)
	f.send("DELETE", "/v1/keys/"+made.json["id"].(string), f.key, "") // 204
	f.later(time.Minute)
	f.fill(maxKeys)
	f.send("POST", "/v1/keys", f.key, `{"name":"CI"}`) // 403
	etag := f.send("GET", "/v1/openapi.json", "", "").header.Get("ETag")
	f.send("GET", "/v1/openapi.json", "", "", "If-None-Match", etag)

	var documented []string
	for path, methods := range readDocument(t).document["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			for status := range operation.(map[string]any)["responses"].(map[string]any) {
				documented = append(documented, strings.ToUpper(method)+" "+path+" "+status)
			}
		}
	}
	require.ElementsMatch(t, documented, slices.Collect(maps.Keys(f.seen)))
}
